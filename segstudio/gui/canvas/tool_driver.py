"""Runs a tool's gesture as one transaction of the document: begin, move, commit or roll back."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from psygnal import Signal

from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.label_map import Ids
from segstudio.core.pointer import PointerEvent
from segstudio.tools.parts.spec import CursorShape, Tool, ToolContext, ToolSpec

_GESTURES = count()


class ToolDriver:
    """Feeds pointer events to the chosen tool and its edits to the document. Knows no Qt."""

    edited = Signal()
    """A gesture has become a step of undo."""

    def __init__(self) -> None:
        self.document: Document | None = None
        self.active_class = 0
        self.model_ids: Ids | None = None
        self._spec: ToolSpec | None = None
        self._tool: Tool | None = None
        self._options: Any = None
        self._gesture_runs = False

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture_runs

    @property
    def spec(self) -> ToolSpec | None:
        return self._spec

    @property
    def options(self) -> Any:
        return self._options

    def choose(self, spec: ToolSpec, options: Any) -> None:
        """Take another tool into the hand, or the same one with other options."""
        if spec is not self._spec:
            self.finish()
            self._spec, self._tool = spec, spec.make()
        self._options = options

    def press(self, event: PointerEvent) -> None:
        """Begin a gesture."""
        if self.document is None or self._tool is None or self._spec is None:
            return
        self.finish()
        # A key of its own, so that the CRF's answer to this gesture can be undone with it.
        self.document.begin(self._spec.label, f"gesture-{next(_GESTURES)}")
        self._gesture_runs = True
        self._run(self._tool.begin(self._context(), event))

    def drag(self, event: PointerEvent) -> None:
        """Go on with the gesture, if one is under way."""
        if self._gesture_runs and self._tool is not None:
            self._run(self._tool.move(self._context(), event))

    def release(self, event: PointerEvent) -> None:
        """Finish the gesture as one step of undo."""
        if not self._gesture_runs or self._tool is None or self.document is None:
            return
        self._run(self._tool.end(self._context(), event))
        self.finish()

    def finish(self) -> None:
        """Make one step of undo of the gesture under way, as far as it has come."""
        if not self._gesture_runs or self.document is None:
            return
        self._gesture_runs = False
        if self.document.commit() is not None:
            self.edited.emit()

    def cancel(self) -> bool:
        """Roll the gesture back; says whether there was one."""
        if not self._gesture_runs or self.document is None:
            return False
        self._gesture_runs = False
        self.document.rollback()
        return True

    def cursor(self, event: PointerEvent) -> CursorShape | None:
        """What the tool would touch at this place, or None."""
        if self._tool is None or self.document is None:
            return None
        return self._tool.cursor(self._options, event)

    def _run(self, edits: Iterable[Edit]) -> None:
        assert self.document is not None
        try:
            for edit in edits:
                self.document.apply(edit)
        except BaseException:
            # A tool's mistake must not leave the transaction open: nothing else could be done.
            self.cancel()
            raise

    def _context(self) -> ToolContext:
        assert self.document is not None
        return ToolContext.of(
            self.document, self.active_class, self._options, model_ids=self.model_ids
        )
