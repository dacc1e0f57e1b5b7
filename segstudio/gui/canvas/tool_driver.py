"""Runs a tool's gesture as one transaction of the document: begin, move, commit or roll back."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Any, Protocol

from psygnal import Signal

from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.label_map import Ids
from segstudio.core.pointer import Key, PointerEvent
from segstudio.tools.parts.shapes import Shape
from segstudio.tools.parts.spec import Likelihood, Tool, ToolContext, ToolSpec

_GESTURES = count()

_LARGE = 2_000_000
"""Pixels of a picture on which patient tools are given a worker."""


class Aside(Protocol):
    """A worker for edits that take long."""

    def run(self, work: Callable[[], list[Edit]], done: Callable[[list[Edit]], None]) -> None:
        """Call ``work`` beside the window, and ``done`` with what it gave, in this thread."""
        ...

    def wait(self) -> None:
        """Let everything be done."""
        ...


class ToolDriver:
    """Feeds pointer events to the chosen tool and its edits to the document. Knows no Qt."""

    edited = Signal()
    """A gesture has become a step of undo."""

    picked = Signal(int)
    """A gesture wants another class to be the active one."""

    ongoing_changed = Signal(bool)
    """Whether a gesture goes on although the button is up."""

    working_changed = Signal(bool)
    """Whether the edits of a gesture are being worked out beside the window."""

    def __init__(self) -> None:
        self.document: Document | None = None
        self.active_class = 0
        self.model_ids: Ids | None = None
        self.likelihood: Likelihood | None = None
        self._spec: ToolSpec | None = None
        self._tool: Tool | None = None
        self._options: Any = None
        self._gesture_runs = self._pressed = self._told_ongoing = False
        self._newest: PointerEvent | None = None
        self._merge_key = ""
        self.aside: Aside | None = None
        self._work: object | None = None

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture_runs

    @property
    def ongoing(self) -> bool:
        """Whether a gesture of several presses is under way, which listens to keys."""
        return self._gesture_runs and self._tool is not None and self._tool.ongoing

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
        """Begin a gesture, or go on with one that takes several presses."""
        if self.document is None or self._tool is None:
            return
        if not self._tool.ongoing:
            self.finish()
            # A key of its own, so that the CRF's answer to this gesture can be undone with it.
            self._merge_key = f"gesture-{next(_GESTURES)}"
        self._gesture_runs = self._pressed = True
        self._newest = event
        self._run(self._tool.begin(self._context(), event))
        self._tell()

    def drag(self, event: PointerEvent) -> None:
        """The pointer moves: go on with the gesture, if the button is down."""
        if self._pressed and self._gesture_runs and self._tool is not None:
            self._newest = event
            self._run(self._tool.move(self._context(), event))

    def release(self, event: PointerEvent) -> None:
        """The button went up: finish the gesture as one step of undo, unless it goes on."""
        pressed, self._pressed = self._pressed, False
        if pressed and self._gesture_runs and self._tool is not None:
            edits = self._tool.end(self._context(), event)
            if self._takes_long and self.aside is not None:
                self._work_aside(self.aside, edits)
            else:
                self._run(edits)
                self._finish_unless_ongoing()

    def key(self, key: Key) -> bool:
        """Hand a key to a gesture that goes on; says whether there was one."""
        if not self.ongoing or self._tool is None:
            return False
        self._run(self._tool.key(self._context(), key))
        self._finish_unless_ongoing()
        return True

    def finish(self) -> None:
        """Make one step of undo of the gesture under way, as far as it has come."""
        if self._work is not None and self.aside is not None:
            self.aside.wait()
        if not self._gesture_runs or self.document is None or self._tool is None:
            return
        pressed, self._pressed = self._pressed, False
        if pressed and self._newest is not None:
            self._run(self._tool.end(self._context(), self._newest))
        if self._tool.ongoing:
            self._run(self._tool.key(self._context(), Key.ENTER))
            self._tool.cancel()  # what could not be finished, such as a polygon of two points
        self._close()

    def cancel(self) -> bool:
        """Roll the gesture back; says whether there was one."""
        if not self._gesture_runs or self.document is None:
            return False
        self._gesture_runs = self._pressed = False
        self._set_work(None)
        if self._tool is not None:
            self._tool.cancel()
        if self.document.in_transaction:
            self.document.rollback()
        self._tell()
        return True

    def shapes(self, event: PointerEvent) -> tuple[Shape, ...]:
        """What the tool draws over the picture with the pointer at this place."""
        if self._tool is None or self.document is None:
            return ()
        return self._tool.shapes(self._context(), event)

    @property
    def _takes_long(self) -> bool:
        assert self.document is not None
        height, width = self.document.frame.shape
        return self._spec is not None and self._spec.patient and height * width > _LARGE

    def _work_aside(self, aside: Aside, edits: Iterable[Edit]) -> None:
        """Have edits worked out by a worker; the open transaction keeps all others waiting."""
        self._begin()
        work = object()
        self._set_work(work)
        aside.run(lambda: list(edits), partial(self._worked, work))

    def _worked(self, work: object, edits: list[Edit]) -> None:
        if work is self._work:  # else it was given up
            self._set_work(None)
            self._run(edits)
            self._finish_unless_ongoing()

    def _set_work(self, work: object | None) -> None:
        self._work, before = work, self._work
        if (work is None) != (before is None):
            self.working_changed.emit(work is not None)

    def _finish_unless_ongoing(self) -> None:
        if self._tool is not None and not self._tool.ongoing:
            self._close()
        self._tell()

    def _close(self) -> None:
        assert self.document is not None
        self._gesture_runs = self._pressed = False
        self._tell()
        if self.document.in_transaction and self.document.commit() is not None:
            self.edited.emit()

    def _tell(self) -> None:
        if self.ongoing != self._told_ongoing:
            self._told_ongoing = self.ongoing
            self.ongoing_changed.emit(self._told_ongoing)

    def _run(self, edits: Iterable[Edit]) -> None:
        assert self.document is not None
        try:
            for edit in edits:
                if not self.document.in_transaction:
                    self._begin()  # not before: while a polygon grows, models may still answer
                self.document.apply(edit)
        except BaseException:
            # A tool's mistake must not leave the transaction open: nothing else could be done.
            self.cancel()
            raise
        picked = self._tool.picked if self._tool is not None else None
        if picked is not None and picked != self.active_class:
            self.picked.emit(picked)

    def _begin(self) -> None:
        assert self.document is not None
        assert self._spec is not None
        self.document.begin(self._spec.label, self._merge_key, protected=True)

    def _context(self) -> ToolContext:
        assert self.document is not None
        return ToolContext.of(
            self.document,
            self.active_class,
            self._options,
            model_ids=self.model_ids,
            likelihood=self.likelihood,
        )
