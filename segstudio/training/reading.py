"""All labelled frames of a run: those that teach, those that are scored on, those left out."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.training.dataset import Example, FrameSet, Skipped, read_frames, split


@dataclass(frozen=True, slots=True, eq=False)
class Datasets:
    """What a run learns from and is scored on; neither is empty."""

    training: FrameSet
    validation: FrameSet
    skipped: tuple[Skipped, ...]


def read_datasets(
    training: Sequence[Example],
    validation: Sequence[Example],
    classes: ClassTable,
    share: float,
    seed: int,
) -> Generator[Progress, None, Datasets]:
    """Read everything; without validation examples a seeded ``share`` of the others is held back.

    Raises
    ------
    SegStudioError
        Where no frame is left to learn from, or to score on.
    """
    frames = yield from read_frames(training, classes)
    if not len(frames):
        raise _nothing_labelled("dataset", frames.skipped)
    if not validation:
        teaching, scoring = split(len(frames), share, seed)
        if teaching == scoring:
            yield Progress(1, 1, "Only one frame is labelled: it teaches and is scored on")
        return Datasets(frames.subset(teaching), frames.subset(scoring), tuple(frames.skipped))
    held_back = yield from read_frames(validation, classes)
    if not len(held_back):
        raise _nothing_labelled("validation set", held_back.skipped)
    return Datasets(frames, held_back, (*frames.skipped, *held_back.skipped))


def _nothing_labelled(what: str, skipped: Sequence[Skipped]) -> SegStudioError:
    reason = "holds no labelled frame"
    if skipped:
        reason += f" ({len(skipped)} left out; the first: {skipped[0].reason})"
    return SegStudioError(
        what,
        reason.rstrip("."),
        "Label a frame, or give each picture a mask with the same stem.",
    )
