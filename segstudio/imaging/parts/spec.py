"""What an image reader says about itself, the sources it yields, and the registry that finds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segstudio.core.frame import Frame
from segstudio.core.registry import Registry

Thumbnail = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A reduced copy of a picture, to be looked at until all of it has been decoded.

    ``pixels`` is hxwx3 uint8 RGB; ``shape`` the height and width of the whole.
    """

    pixels: NDArray[np.uint8]
    shape: tuple[int, int]


class Source(Protocol):
    """A file that yields one or more frames. Pixels are decoded when they are asked for."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    def __len__(self) -> int:
        """How many frames there are."""
        ...

    def shape(self, index: int) -> tuple[int, int]:
        """Height and width of an upright frame, from the file's header alone.

        Raises
        ------
        SourceError
            Where the header is damaged or states more pixels than are opened.
        IndexError
            Where there is no such frame.
        """
        ...

    def frame(self, index: int) -> Frame:
        """One frame, counted from 0.

        Raises
        ------
        SourceError
            Where its pixels are cut off, damaged or of a kind that is not read.
        IndexError
            Where there is no such frame.
        """
        ...

    def frames(self) -> Iterator[Frame]:
        """All frames in order."""
        ...


def _one(path: Path) -> int:
    return 1


def _none(path: Path, index: int, edge: int, pixel_budget: int) -> Preview | None:
    return None


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """One kind of image file.

    Attributes
    ----------
    name, label
        For commands; for people.
    suffixes
        Endings that such files usually have, lower case with the dot. They only choose what a
        folder's pictures are: what a file is, its content says.
    recognises
        ``recognises(head)``: whether a file that begins with these bytes is of this kind.
    open
        ``open(path, pixel_budget)`` gives the source; frames of more pixels raise SourceError.
    thumbnail
        ``thumbnail(path, index, edge, pixel_budget)``: HxWx3 uint8, at most ``edge`` high and wide.
    count
        ``count(path)``: how many frames a file holds, read from its headers alone.
    preview
        ``preview(path, index, edge, pixel_budget)``: a reduced copy, where it comes much sooner
        than the whole picture; else None.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    open: Callable[[Path, int], Source]
    thumbnail: Callable[[Path, int, int, int], Thumbnail]
    count: Callable[[Path], int] = _one
    preview: Callable[[Path, int, int, int], Preview | None] = _none


registry: Registry[ReaderSpec] = Registry("segstudio.imaging", "image kind", "segstudio.imaging")
