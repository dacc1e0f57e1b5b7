"""Rules that keep a human's hand from painting over what is right already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.core.rect import Rect

Over = Literal["everything", "void", "class"]
OVERS: tuple[Over, ...] = ("everything", "void", "class")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Protection:
    """Which pixels tools may change, beside those of locked classes, which never change.

    Attributes
    ----------
    over
        Paint only over everything, over void, or over one class.
    over_class
        The id of that class.
    forbidden
        Pairs of ids: the first may not be painted over the second. 255 stands for void: an eraser
        obeys, too.
    region
        HxW mask: only inside of it; None for everywhere.
    """

    over: Over = "everything"
    over_class: int = VOID
    forbidden: frozenset[tuple[int, int]] = frozenset()
    region: Mask | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The rules that :meth:`to_json` wrote.

        Raises
        ------
        SegStudioError
            Where they hold something else.
        """
        try:
            over = OVERS[OVERS.index(kept["over"])]
            pairs = frozenset((_id(new), _id(old)) for new, old in kept["forbidden"])
            return cls(over, _id(kept["over_class"]), pairs)
        except (KeyError, TypeError, ValueError) as error:
            raise SegStudioError(
                "rules that protect",
                f"are damaged in the project file ({kept!r})",
                "Set them again.",
            ) from error

    def to_json(self) -> dict[str, Any]:
        """Plain data for a project's settings; the region is one frame's and stays out."""
        pairs = sorted(list(pair) for pair in self.forbidden)
        return {"over": self.over, "over_class": self.over_class, "forbidden": pairs}

    def limited_to(self, ids: Collection[int]) -> Self:
        """Without what names a class that is not among these ids any more."""
        known = {*ids, VOID}
        stays = self.over != "class" or self.over_class in known
        return replace(
            self,
            over=self.over if stays else "everything",
            over_class=self.over_class if stays else VOID,
            forbidden=frozenset(pair for pair in self.forbidden if known.issuperset(pair)),
        )

    @property
    def active(self) -> bool:
        """Whether there is any rule."""
        return self.over != "everything" or bool(self.forbidden) or self.region is not None

    def allowed(self, rect: Rect, now: Ids, new: int | Ids) -> Mask:
        """Which pixels of a rectangle may change.

        Parameters
        ----------
        rect
            Where, in picture pixels; it lies on the picture.
        now
            hxw ids of that rectangle as they are.
        new
            The id to come, or hxw ids.

        Returns
        -------
        hxw mask.
        """
        table = self._table
        may = _looked_up(table[new], now) if isinstance(new, int) else table[new, now]
        return may if self.region is None else may & self.region[rect.slices]

    @cached_property
    def _table(self) -> Mask:
        """256x256: whether the id of the row may be painted over the id of the column."""
        table = np.ones((256, 256), np.bool_)
        if self.over != "everything":
            table[:] = False
            table[:, VOID if self.over == "void" else self.over_class] = True
        for new, old in self.forbidden:
            table[new, old] = False
        return table


def _looked_up(row: Mask, ids: Ids) -> Mask:
    """``row[ids]``; bytes are looked up five times as fast as indices, and strokes are wide."""
    found = ids.tobytes().translate(row.tobytes())
    return np.frombuffer(found, np.bool_).reshape(ids.shape)


def _id(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= VOID:
        raise ValueError(f"{value!r} is no class id")
    return value
