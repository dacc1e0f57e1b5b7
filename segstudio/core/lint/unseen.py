"""Unseen: a frame that is marked as done, though no human decided any of its pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

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
    nouns=("unseen frame", "unseen frames"),
    tooltip="Frames marked as done of which a human decided no pixel",
    options=UnseenOptions,
    order=40,
)
def find(subject: Subject, options: UnseenOptions) -> Iterator[Finding]:
    """One finding, as large as the frame, where a frame is done and no pixel is a human's."""
    label_map = subject.label_map
    if subject.done and not label_map.human().any():
        text = "Marked as done, but no pixel was decided by a human"
        whole = Rect.of_shape(label_map.shape)
        yield Finding(_NAME, (), whole, label_map.ids.size, text)
