"""Works out beside the window what a tool takes long for, such as cleaning a huge picture."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from segstudio.core.edit import Edit
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.jobs import Jobs

_LANE = "tools"


class ToolWork(QObject):
    """The worker of a canvas's tools. While it is at work, nothing else can be painted."""

    def __init__(self, jobs: Jobs, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._canvas = canvas
        canvas.driver.aside = self
        canvas.driver.working_changed.connect(self._refuse_others)

    def run(self, work: Callable[[], list[Edit]], done: Callable[[list[Edit]], None]) -> None:
        """Call ``work`` in the worker and then ``done`` with what it gave."""
        self._jobs.submit(_LANE, work, done, self._failed)

    def wait(self) -> None:
        """Wait until everything is done."""
        self._jobs.drain(_LANE)

    def _failed(self, error: Exception) -> None:
        self._canvas.driver.cancel()
        raise error

    def _refuse_others(self, working: bool) -> None:
        spec = self._canvas.driver.spec
        busy = f"{spec.label} is at work. Escape gives it up." if working and spec else ""
        self._canvas.refuse("tool", busy)
