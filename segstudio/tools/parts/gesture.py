"""What most tools need not say: a gesture that ends with the release and knows no keys."""

from collections.abc import Iterable

from segstudio.core.edit import Edit
from segstudio.core.pointer import Key, PointerEvent
from segstudio.tools.parts.shapes import Shape
from segstudio.tools.parts.spec import ToolContext


class Gesture:
    """A :class:`segstudio.tools.parts.spec.Tool` that does nothing; tools say what they do."""

    @property
    def ongoing(self) -> bool:
        return False

    @property
    def picked(self) -> int | None:
        return None

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        return ()

    def key(self, context: ToolContext, key: Key) -> Iterable[Edit]:
        return ()

    def cancel(self) -> None:
        """Nothing is kept between events."""

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        return ()
