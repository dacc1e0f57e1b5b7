"""The running jobs in the status bar: the one that spoke last is shown, and can be cancelled."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, SignalInstance

from segstudio.core.progress import Progress
from segstudio.gui.status_bar import StatusBar


@dataclass(frozen=True, slots=True)
class _Kind:
    """How jobs of one name are cancelled, and the dialog that belongs to them, if any."""

    cancel: Callable[[], object]
    show: Callable[[], object] | None


class RunningJobs(QObject):
    """Jobs of several kinds may run at once."""

    def __init__(self, status: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = status
        self._kinds: dict[str, _Kind] = {}
        self.running: dict[str, Progress] = {}
        status.cancel_requested.connect(self._cancel)
        status.job_clicked.connect(self._show_dialog)

    def add(
        self,
        name: str,
        cancel: Callable[[], object],
        show: Callable[[], object] | None = None,
    ) -> None:
        """Know jobs of this name."""
        self._kinds[name] = _Kind(cancel, show)

    def follow(self, working: SignalInstance, name: str = "") -> None:
        """Show what a controller's signal tells.

        It carries a :class:`Progress`, or None at the end; after the job's name where none is
        given here.
        """
        if name:
            working.connect(lambda progress: self._take(name, progress))
        else:
            working.connect(self._take)

    def _take(self, name: str, progress: Progress | None) -> None:
        self.running.pop(name, None)
        if progress is not None:
            self.running[name] = progress
        newest = self._newest()
        if newest:
            self._status.show_job(newest, self.running[newest])
        else:
            self._status.hide_job()

    def _newest(self) -> str:
        return next(reversed(self.running), "")

    def _cancel(self) -> None:
        kind = self._kinds.get(self._newest())
        if kind is not None:
            kind.cancel()

    def _show_dialog(self) -> None:
        kind = self._kinds.get(self._newest())
        if kind is not None and kind.show is not None:
            kind.show()
