"""What a tool is, what it gets to see, and what the tool bar must know about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.label_map import Ids, LabelMap
from segstudio.core.pointer import Key, PointerEvent
from segstudio.tools.parts.shapes import Shape

Likelihood = Callable[[int], NDArray[np.float32] | None]
"""From a class id to HxW: how probable the model holds that class; None where it does not know."""


@dataclass(frozen=True, eq=False)
class ToolContext:
    """What a tool may look at during one event.

    Attributes
    ----------
    frame
        The picture.
    label_map
        Ids and provenance as they are now, read-only.
    active_class
        The id to paint with.
    classes
        The project's class table.
    options
        An instance of the tool's options type.
    model_ids
        HxW uint8: the last prediction in the project's class ids, 255 where it says nothing; None
        without one.
    likelihood
        The model's probabilities by class; None without a prediction.
    """

    frame: Frame
    label_map: LabelMap
    active_class: int
    classes: ClassTable
    options: Any
    model_ids: Ids | None = None
    likelihood: Likelihood | None = None

    @classmethod
    def of(
        cls,
        document: Document,
        active_class: int,
        options: Any,
        *,
        model_ids: Ids | None = None,
        likelihood: Likelihood | None = None,
    ) -> "ToolContext":
        """The context of a document; its label map is a view that cannot be written through."""
        return cls(
            document.frame,
            _read_only(document.label_map),
            active_class,
            document.classes,
            options,
            model_ids,
            likelihood,
        )


UsedBy = Literal["stroke", "click", "drag", "points"]


class Tool(Protocol):
    """One gesture after the other.

    A gesture goes from press to release, or, where the tool is :attr:`ongoing` after the release,
    over several presses until it is not: a polygon grows by clicks. The caller opens a transaction
    before the first edit, applies every edit at once, commits when the gesture has ended, and
    rolls back on Escape, after which it calls :meth:`cancel`. One tool object serves until another
    tool is picked. :class:`segstudio.tools.parts.gesture.Gesture` has what most tools need not say.
    """

    @property
    def ongoing(self) -> bool:
        """Whether the gesture goes on although the button is up."""
        ...

    @property
    def picked(self) -> int | None:
        """The class that the gesture under way wants to be the active one."""
        ...

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The button went down."""
        ...

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The pointer moved with the button down."""
        ...

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        """The button went up."""
        ...

    def key(self, context: ToolContext, key: Key) -> Iterable[Edit]:
        """A key was hit while the gesture goes on."""
        ...

    def cancel(self) -> None:
        """Forget the gesture under way."""
        ...

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        """What to draw over the picture with the pointer here.

        The outline of what a press would touch, and the gesture as far as it has come. Called with
        every movement: it must be quick.
        """
        ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as tool bars, menus and panels see it.

    ``icon`` is a qtawesome name; ``options`` a frozen dataclass type of
    :func:`segstudio.core.options.option` fields; ``order`` the place in the tool bar.
    ``gesture`` is how it is used: by strokes, a click, a drag from one place to another, or several
    points. A tool that only looks has ``edits`` False. ``patient`` says that what the release does
    may take long on a large picture: its edits are worked out in a worker then, while nothing else
    changes the label map, and the tool is not called before they are done.
    """

    name: str
    label: str
    icon: str
    shortcut: str
    tooltip: str
    options: type
    make: Callable[[], Tool]
    order: int
    gesture: UsedBy = "stroke"
    edits: bool = True
    patient: bool = False


def _read_only(label_map: LabelMap) -> LabelMap:
    ids, provenance = label_map.ids.view(), label_map.provenance.view()
    ids.flags.writeable = provenance.flags.writeable = False
    return LabelMap(ids, provenance)
