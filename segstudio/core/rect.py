"""Rectangles in picture pixels."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Rect:
    """Half-open rectangle of pixels: rows ``top`` to ``bottom``, columns ``left`` to ``right``."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of_shape(cls, shape: tuple[int, ...]) -> Self:
        """The whole of an array of this shape (rows, columns, ...)."""
        return cls(0, 0, shape[0], shape[1])

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def empty(self) -> bool:
        return self.bottom <= self.top or self.right <= self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index for the first two axes of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def intersect(self, other: "Rect") -> "Rect":
        return Rect(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def union(self, other: "Rect") -> "Rect":
        """Smallest rectangle around both; an empty one adds nothing."""
        if self.empty:
            return other
        if other.empty:
            return self
        return Rect(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def shifted(self, down: int, right: int) -> "Rect":
        return Rect(self.top + down, self.left + right, self.bottom + down, self.right + right)

    def grown(self, by: int) -> "Rect":
        """With this many more pixels on each side."""
        return Rect(self.top - by, self.left - by, self.bottom + by, self.right + by)
