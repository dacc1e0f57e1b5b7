"""Errors, progress, resources and pointer events."""

import pickle

import pytest

from segstudio.core.errors import SegStudioError
from segstudio.core.pointer import Button, Modifier, PointerEvent
from segstudio.core.progress import Progress
from segstudio.core.resources import resource


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SegStudioError("a.png", "is empty", "Delete it."), "a.png: is empty. Delete it."),
        (SegStudioError("a.png", "is empty"), "a.png: is empty."),
        (SegStudioError("", "nothing is labelled"), "nothing is labelled."),
    ],
)
def test_an_error_reads_as_one_line(error: SegStudioError, line: str) -> None:
    assert str(error) == line


def test_an_error_crosses_to_another_process() -> None:
    class_of_its_own = SegStudioError("a.png", "is empty", "Delete it.")
    twin = pickle.loads(pickle.dumps(class_of_its_own))  # noqa: S301 - made in this line
    assert (twin.subject, twin.reason, twin.remedy) == ("a.png", "is empty", "Delete it.")


@pytest.mark.parametrize(
    ("done", "total", "fraction"),
    [(0, 4, 0.0), (1, 4, 0.25), (4, 4, 1.0), (9, 4, 1.0), (3, 0, 0.0)],
)
def test_the_fraction_stays_between_0_and_1(done: int, total: int, fraction: float) -> None:
    assert Progress(done, total).fraction == fraction


def test_resources_lie_in_one_folder_that_exists() -> None:
    assert resource().is_dir()
    assert resource("icons", "x.svg") == resource() / "icons" / "x.svg"


def test_a_mouse_presses_fully_with_the_left_button() -> None:
    event = PointerEvent(1.5, 2.5)
    assert (event.button, event.modifiers, event.pressure) == (Button.LEFT, Modifier.NONE, 1.0)
