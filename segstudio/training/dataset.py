"""Labelled frames: read once, checked, and kept in memory while they fit."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids
from segstudio.core.progress import Progress
from segstudio.training.files import read_mask, read_picture

BYTE_BUDGET = 2 * 2**30
_READERS = 4
# A few frames ahead of the one that is looked at: a longer queue would hold what the byte budget
# is there to keep out of memory.
_AHEAD = 2 * _READERS


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFrame:
    """One loaded example: the frame and its HxW uint8 class ids (255 = must not teach)."""

    frame: Frame
    ids: Ids

    @property
    def bytes(self) -> int:
        return self.frame.pixels.nbytes + self.ids.nbytes


@dataclass(frozen=True, slots=True)
class Example:
    """A frame with the labels that may teach, not loaded yet.

    Attributes
    ----------
    name
        The frame's name.
    mask
        What messages call the labels: their file's path.
    load
        Gives both; called from several threads. Raises SegStudioError or OSError.
    """

    name: str
    mask: str
    load: Callable[[], LabelledFrame]

    @classmethod
    def of_files(cls, name: str, picture: Path, mask: Path, lookup: Ids | None = None) -> "Example":
        """A picture file and an 8-bit mask file; ``lookup`` as for :func:`files.read_mask`."""
        return cls(
            name, str(mask), lambda: LabelledFrame(read_picture(picture), read_mask(mask, lookup))
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A frame that was left out, and why, in one line."""

    name: str
    reason: str


@dataclass(slots=True, eq=False)
class _Entry:
    example: Example
    size: tuple[int, int]
    class_pixels: NDArray[np.int64]
    has_colour: bool
    kept: LabelledFrame | None


@dataclass(slots=True, eq=False)
class FrameSet:
    """The usable frames, in the order of their examples.

    Frames within the byte budget are in memory; the others are decoded whenever they are asked
    for. Reading one is safe from any thread.

    Attributes
    ----------
    skipped
        Examples that cannot be used.
    """

    entries: list[_Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    _convert: Callable[[Frame], Frame] | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> LabelledFrame:
        entry = self.entries[index]
        if entry.kept is not None:
            return entry.kept
        loaded = entry.example.load()
        return loaded if self._convert is None else _converted(loaded, self._convert)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entry.example.name for entry in self.entries)

    @property
    def frames_in_memory(self) -> int:
        return sum(entry.kept is not None for entry in self.entries)

    @property
    def has_colour(self) -> bool:
        """Whether any frame has more than one channel."""
        return any(entry.has_colour for entry in self.entries)

    @property
    def class_pixels(self) -> NDArray[np.int64]:
        """Labelled pixels by class id, 256 of them."""
        total: NDArray[np.int64] = np.sum([entry.class_pixels for entry in self.entries], axis=0)
        return total

    def typical_size(self) -> tuple[int, int]:
        """Median height and width."""
        heights, widths = zip(*(entry.size for entry in self.entries), strict=True)
        return int(np.median(heights)), int(np.median(widths))

    def subset(self, indices: Sequence[int]) -> "FrameSet":
        """Some of the frames as a set of their own, without what was skipped."""
        return FrameSet([replace(self.entries[index]) for index in indices])

    def convert(self, function: Callable[[Frame], Frame]) -> None:
        """Change all frames by ``function``: those in memory now, the others when decoded."""
        self._convert = function
        for entry in self.entries:
            if entry.kept is not None:
                entry.kept = _converted(entry.kept, function)


def read_frames(
    examples: Sequence[Example], classes: ClassTable, byte_budget: int = BYTE_BUDGET
) -> Generator[Progress, None, FrameSet]:
    """Load and check every example; unusable ones are skipped and told, never fatal.

    Parameters
    ----------
    examples
        What to read.
    classes
        The ids that labels may hold.
    byte_budget
        Memory for decoded frames; frames beyond it are decoded again when they are needed.

    Yields
    ------
    One :class:`Progress` per example; a skipped one's message says why.

    Returns
    -------
    The usable frames, perhaps none.
    """
    frames = FrameSet()
    known = np.zeros(256, np.bool_)
    known[[*classes.ids, VOID]] = True
    with ThreadPoolExecutor(_READERS, thread_name_prefix="read-frames") as pool:
        waiting = [pool.submit(example.load) for example in examples[:_AHEAD]]
        for index, example in enumerate(examples):
            message = f"Reading {example.name}"
            try:
                entry = _checked(example, waiting.pop(0).result(), known)
                frames.entries.append(entry)
                byte_budget -= _forget_beyond(byte_budget, entry)
            except (SegStudioError, OSError) as error:
                frames.skipped.append(Skipped(example.name, str(error)))
                message = f"Left out: {error}"
            waiting += [pool.submit(e.load) for e in examples[index + _AHEAD : index + _AHEAD + 1]]
            yield Progress(index + 1, len(examples), message)
    return frames


def split(count: int, share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices for training and validation, seeded, both in rising order.

    At least one frame is held back and at least one teaches; a single frame does both.
    """
    if count < 2:
        return list(range(count)), list(range(count))
    held_back = min(count - 1, max(1, round(count * share)))
    order = np.random.default_rng(seed).permutation(count)
    return sorted(order[held_back:].tolist()), sorted(order[:held_back].tolist())


def _converted(loaded: LabelledFrame, function: Callable[[Frame], Frame]) -> LabelledFrame:
    return LabelledFrame(function(loaded.frame), loaded.ids)


def _forget_beyond(room: int, entry: _Entry) -> int:
    """Drop the pixels where they do not fit; gives the bytes that are kept."""
    needed = entry.kept.bytes if entry.kept is not None else 0
    if needed <= room:
        return needed
    entry.kept = None
    return 0


def _checked(example: Example, loaded: LabelledFrame, known: NDArray[np.bool_]) -> _Entry:
    height, width = loaded.frame.shape
    if loaded.ids.shape != (height, width):
        raise SegStudioError(
            example.mask,
            f"has {loaded.ids.shape[1]}x{loaded.ids.shape[0]} pixels and its picture has "
            f"{width}x{height}",
            "Export the mask at the picture's size.",
        )
    pixels = np.bincount(loaded.ids.ravel(), minlength=256)
    unknown = np.flatnonzero(pixels * ~known)
    if unknown.size:
        raise SegStudioError(
            example.mask,
            f"holds class ids outside the class table: {', '.join(map(str, unknown))}",
            "Add these classes, or name the value that means void.",
        )
    pixels[VOID] = 0
    if not pixels.any():
        raise SegStudioError(example.mask, "has no labelled pixel to learn from")
    return _Entry(example, (height, width), pixels, loaded.frame.pixels.ndim == 3, loaded)
