"""What a tool is, what it gets to see, and what the tool bar must know about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.label_map import Ids, LabelMap
from segstudio.core.pointer import PointerEvent
from segstudio.core.probabilities import Probabilities

Refine = Callable[[Probabilities, Ids], Probabilities]
"""Probabilities and HxW scribbles (ids, 255 unknown) to probabilities that respect them."""


@dataclass(frozen=True, slots=True)
class CursorShape:
    """Plain outline that shows what a press would touch, in picture pixels.

    ``radius`` is half the width of the circle or square around ``y``, ``x``.
    """

    kind: Literal["circle", "square"]
    y: float
    x: float
    radius: float


@dataclass(frozen=True, eq=False)
class ToolContext:
    """What a tool may look at during one event.

    Attributes
    ----------
    frame
        The picture.
    label_map
        Ids and provenance as they are now, read-only.
    probabilities
        What the model last said about this frame, in the model's own classes.
    model_ids
        HxW uint8: the last prediction in the project's class ids, 255 where it says nothing.
    active_class
        The id to paint with.
    classes
        The project's class table.
    options
        An instance of the tool's options type.
    refine
        The CRF, where one is at hand.
    """

    frame: Frame
    label_map: LabelMap
    active_class: int
    classes: ClassTable
    options: Any
    probabilities: Probabilities | None = None
    model_ids: Ids | None = None
    refine: Refine | None = None

    @classmethod
    def of(
        cls,
        document: Document,
        active_class: int,
        options: Any,
        *,
        probabilities: Probabilities | None = None,
        model_ids: Ids | None = None,
        refine: Refine | None = None,
    ) -> "ToolContext":
        """The context of a document; its label map is a view that cannot be written through."""
        return cls(
            document.frame,
            _read_only(document.label_map),
            active_class,
            document.classes,
            options,
            probabilities,
            model_ids,
            refine,
        )


class Tool(Protocol):
    """One gesture after the other, from press to release.

    The caller opens a transaction before ``begin``, applies every edit at once, commits after
    ``end`` and rolls back on Escape, in which case ``end`` is never called. One tool object
    serves until another tool is picked.
    """

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The button went down."""
        ...

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The pointer moved with the button down."""
        ...

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The button went up."""
        ...

    def cursor(self, options: Any, event: PointerEvent) -> CursorShape:
        """Outline of what a press here would touch."""
        ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as tool bars, menus and panels see it.

    ``icon`` is a qtawesome name; ``options`` a frozen dataclass type of
    :func:`segstudio.core.options.option` fields; ``order`` the place in the tool bar.
    """

    name: str
    label: str
    icon: str
    shortcut: str
    tooltip: str
    options: type
    make: Callable[[], Tool]
    order: int


def _read_only(label_map: LabelMap) -> LabelMap:
    ids, provenance = label_map.ids.view(), label_map.provenance.view()
    ids.flags.writeable = provenance.flags.writeable = False
    return LabelMap(ids, provenance)
