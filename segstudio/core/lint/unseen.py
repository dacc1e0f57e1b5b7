"""Unseen: a frame that is marked as done, though no human decided any of its pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

from segstudio.core.label_map import VOID
from segstudio.core.lint import check
from segstudio.core.lint.parts.spec import Finding, Subject
from segstudio.core.rect import Rect

_NAME = "unseen"


@dataclass(frozen=True)
class UnseenOptions:
    """There is nothing to choose."""


@check(
    name=_NAME,
    label="Done without a human",
    nouns=("frame done without a human pixel", "frames done without a human pixel"),
    tooltip="Frames marked as done whose labels are all a model's",
    options=UnseenOptions,
    order=40,
)
def find(subject: Subject, options: UnseenOptions) -> Iterator[Finding]:
    """One finding where a frame is done, has labels, and none of its pixels is a human's.

    A frame without any label is no mistake: it was marked as empty.
    """
    label_map = subject.label_map
    labelled = int((label_map.ids != VOID).sum())
    if subject.done and labelled and not label_map.human().any():
        text = "Marked as done, but no pixel was decided by a human"
        yield Finding(_NAME, (), Rect.of_shape(label_map.shape), labelled, text)
