"""What can be compared with, as it is remembered and as it is found in a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.gui.comparison.subject import Subject

NAMES = ["a", "b", "c"]
KINDS = ["previous", "next", "frame", "picture", "prediction", "model"]


@given(st.sampled_from(KINDS), st.text())
def test_what_is_remembered_comes_back(kind: str, name: str) -> None:
    subject = Subject(kind, name)
    assert Subject.of_text(subject.to_text()) == subject


@pytest.mark.parametrize("text", ["", "nonsense", "nonsense:b", ":"])
def test_what_means_nothing_is_the_next_frame(text: str) -> None:
    assert Subject.of_text(text) == Subject("next")


@pytest.mark.parametrize(
    ("subject", "here", "expected"),
    [
        (Subject("next"), "a", "b"),
        (Subject("next"), "c", ""),
        (Subject("previous"), "b", "a"),
        (Subject("previous"), "a", ""),
        (Subject("next"), "filtered out", ""),
        (Subject("frame", "z"), "a", "z"),
    ],
)
def test_frames_are_found_in_the_order_of_the_list(
    subject: Subject, here: str, expected: str
) -> None:
    assert subject.frame(NAMES, here) == expected
