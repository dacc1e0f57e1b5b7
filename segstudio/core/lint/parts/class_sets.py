"""Options that name classes: a set of them, and pairs of them."""

from collections.abc import Collection, Iterable
from typing import Any, Self

from segstudio.core.label_map import VOID


class ClassSet(frozenset[int]):
    """Ids of classes."""

    @classmethod
    def from_json(cls, kept: Iterable[Any]) -> Self:
        """The set that :meth:`to_json` wrote; ValueError or TypeError where it is none."""
        return cls(_id(value) for value in kept)

    def to_json(self) -> list[int]:
        """Plain data."""
        return sorted(self)

    def limited_to(self, ids: Collection[int]) -> Self:
        """Without classes that are not among these."""
        return type(self)(self.intersection(ids))


class ClassPairs(frozenset[tuple[int, int]]):
    """Unordered pairs of different classes; each is kept as (smaller id, larger id)."""

    def __new__(cls, pairs: Iterable[tuple[int, int]] = ()) -> Self:
        return super().__new__(cls, {(min(pair), max(pair)) for pair in pairs if len({*pair}) == 2})

    @classmethod
    def from_json(cls, kept: Iterable[Any]) -> Self:
        """The pairs that :meth:`to_json` wrote; ValueError or TypeError where they are none."""
        return cls((_id(one), _id(other)) for one, other in kept)

    def to_json(self) -> list[list[int]]:
        """Plain data."""
        return sorted(list(pair) for pair in self)

    def limited_to(self, ids: Collection[int]) -> Self:
        """Without pairs that name a class that is not among these."""
        return type(self)(pair for pair in self if {*pair}.issubset(ids))


def _id(value: Any) -> int:
    if type(value) is not int or not 0 <= value < VOID:
        raise ValueError(f"{value!r} is no class id")
    return value
