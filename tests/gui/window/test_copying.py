"""Labels taken over from the previous frame."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.gui.copying import Copying
from segstudio.project import Status

from .conftest import CONTROL, SHAPE, Hands, draw

SHIFT = Qt.KeyboardModifier.ShiftModifier


def copy(hands: Hands, modifiers: Qt.KeyboardModifier = CONTROL) -> None:
    hands.key(Qt.Key.Key_D, modifiers)


@pytest.fixture
def painted(at_work: Hands) -> LabelMap:
    """A human's stroke of road on frame a among a model's labels; frame b is open."""
    at_work.predict()
    at_work.key(Qt.Key.Key_1)
    at_work.stroke((0.3, 0.2), (0.3, 0.8))
    labels = at_work.labels.copy()
    at_work.key(Qt.Key.Key_D)
    at_work.wait_for_frame("b")
    return labels


def test_labels_and_who_decided_them_are_copied_as_one_step(
    at_work: Hands, painted: LabelMap
) -> None:
    copy(at_work)
    at_work.wait_for_message("labels of a were copied")
    assert at_work.labels.equals(painted) and at_work.status == Status.EDITED
    assert at_work.undo_name == "Copy from a"
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert at_work.labels.equals(LabelMap.blank(SHAPE))


def test_only_void_is_filled_unless_all_is_to_be_replaced(
    at_work: Hands, painted: LabelMap
) -> None:
    at_work.key(Qt.Key.Key_3)
    at_work.stroke((0.3, 0.4), (0.3, 0.6))
    mine = at_work.labels.human().copy()
    copy(at_work)
    at_work.wait_for_message("labels of a were copied")
    assert (at_work.labels.ids[mine] == 2).all()
    assert (at_work.labels.ids[~mine] == painted.ids[~mine]).all()
    copy(at_work)
    at_work.wait_for_message("labelled wherever a is")
    at_work.click(at_work.button(at_work.window, "Copy over everything"))
    at_work.wait(lambda: bool((at_work.labels.ids[mine & painted.human()] == 0).all()))
    model = mine & ~painted.human()
    assert (at_work.labels.ids[model] == 2).all()  # a guess never covers what a human decided
    assert (at_work.labels.provenance[model] == Provenance.HUMAN).all()


def test_rules_hold_for_copies(at_work: Hands, painted: LabelMap) -> None:
    at_work.key(Qt.Key.Key_3)
    at_work.stroke((0.3, 0.4), (0.3, 0.6))
    before = at_work.labels.copy()
    at_work.window.labelling.set_classes(at_work.project.classes.changed(2, locked=True))
    at_work.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)  # paint only over void
    copy(at_work, CONTROL | SHIFT)
    at_work.wait_for_message("labels of a were copied")
    labelled = before.ids != VOID
    assert (at_work.labels.ids[labelled] == before.ids[labelled]).all()


def test_the_first_frame_has_no_previous_one(at_work: Hands) -> None:
    copy(at_work)
    assert at_work.message.startswith("No frame is listed before this one")


def test_a_frame_without_labels_gives_none(at_work: Hands) -> None:
    at_work.go("b")
    copy(at_work)
    at_work.wait_for_message("a", "has no labels to copy")
    assert np.all(at_work.labels.ids == VOID)


def test_another_size_is_told(hands: Hands, folder) -> None:
    draw(folder / "b.png", 1, (40, 50))
    hands.open(folder)
    hands.key(Qt.Key.Key_1)
    hands.stroke((0.3, 0.2), (0.3, 0.8))
    hands.go("b")
    copy(hands)
    hands.wait_for_message("128 x 96", "50 x 40", "of one size only")


def test_a_copy_waits_for_the_end_of_a_stroke(
    at_work: Hands, painted: LabelMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, real = [], Copying._take
    monkeypatch.setattr(Copying, "_take", lambda *arguments: (tries.append(1), real(*arguments)))
    at_work.press(0.8, 0.2)
    copy(at_work)
    at_work.wait(lambda: len(tries) > 1)
    assert (at_work.labels.ids == VOID).sum() > SHAPE[0]
    at_work.release(0.8, 0.2)
    at_work.wait_for_message("labels of a were copied")


def test_another_frame_gets_nothing(at_work: Hands, painted: LabelMap) -> None:
    copy(at_work)
    at_work.window.labelling.open_frame("c")
    at_work.wait_for_frame("c")
    assert np.all(at_work.labels.ids == VOID)
