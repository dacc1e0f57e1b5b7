"""What the list can be narrowed down to, and how many frames that are: no Qt."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.gui.panels.frame_order import Arrangement, Tally
from segstudio.gui.panels.frame_words import STATUSES
from segstudio.project import Status

NOT_DONE = frozenset(Status) - {Status.DONE}


@dataclass(frozen=True, slots=True, eq=False)
class FrameChoice:
    """One line of the filter menu.

    Attributes
    ----------
    text, frames
        What it is called, and how many frames it admits by itself.
    is_on, flipped
        Whether an arrangement filters by it, and the arrangement after a click on it.
    """

    text: str
    frames: int
    is_on: Callable[[Arrangement], bool]
    flipped: Callable[[Arrangement], Arrangement]


def unfiltered(arrangement: Arrangement) -> Arrangement:
    """The same search and order, without any filter."""
    none: frozenset[Status] = frozenset()
    return replace(arrangement, statuses=none, flagged=False, empty=False, classes=frozenset())


def frame_choices(tally: Tally) -> list[list[FrameChoice]]:
    """Everything but the classes, in groups."""
    unfinished = tally.frames - tally.statuses[Status.DONE]
    return [
        [FrameChoice("All frames", tally.frames, lambda now: not now.filters, unfiltered)],
        [
            *(_status(status, tally.statuses[status]) for status in STATUSES),
            FrameChoice("Not done", unfinished, lambda now: now.statuses == NOT_DONE, _not_done),
        ],
        [
            FrameChoice(
                "Flagged",
                tally.flagged,
                lambda now: now.flagged,
                lambda now: replace(now, flagged=not now.flagged),
            ),
            FrameChoice(
                "Empty",
                tally.empty,
                lambda now: now.empty,
                lambda now: replace(now, empty=not now.empty),
            ),
        ],
    ]


def class_choices(classes: ClassTable, counts: Counter[int]) -> list[FrameChoice]:
    """Frames that hold a class; several of them mean any of them."""
    return [_class(entry, counts[entry.id]) for entry in classes]


def in_words(arrangement: Arrangement, classes: ClassTable) -> list[str]:
    """The filters that are on, a name each."""
    if arrangement.statuses == NOT_DONE:
        names = ["Not done"]
    else:
        names = [look.label for status, look in STATUSES.items() if status in arrangement.statuses]
    names += ["Flagged"] * arrangement.flagged + ["Empty"] * arrangement.empty
    held = [classes.get(class_id) for class_id in sorted(arrangement.classes)]
    return names + [entry.name for entry in held if entry is not None]


def _status(status: Status, frames: int) -> FrameChoice:
    return FrameChoice(
        STATUSES[status].label,
        frames,
        lambda now: status in now.statuses,
        lambda now: replace(now, statuses=now.statuses ^ {status}),
    )


def _class(entry: LabelClass, frames: int) -> FrameChoice:
    return FrameChoice(
        entry.name,
        frames,
        lambda now: entry.id in now.classes,
        lambda now: replace(now, classes=now.classes ^ {entry.id}),
    )


def _not_done(now: Arrangement) -> Arrangement:
    return replace(now, statuses=frozenset() if now.statuses == NOT_DONE else NOT_DONE)
