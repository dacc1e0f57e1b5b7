"""The fine-tune dialog: settings, then the run, then its result."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.dialogs.fine_tune.settings_page import SettingsPage
from segstudio.gui.dialogs.fine_tune.situation import FineTuneSituation
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.result_page import ResultPage
from segstudio.training.report import TrainReport

if TYPE_CHECKING:
    from segstudio.gui.dialogs.fine_tune.run_page import RunPage

_WIDTH = 560
_RUN_WIDTH = 720


class FineTuneDialog(PagedDialog):
    """Asks what to train, shows how it goes, and offers the result.

    It can be closed and reopened at any time; only Stop stops the run. The run page is made at
    the first start: the plots' library takes a third of a second to load.
    """

    start_requested = Signal(object)
    """``TrainSettings``."""

    stop_requested = Signal()
    """End the run and keep the best; answer with :meth:`show_finished`."""

    use_requested = Signal(object)
    """``Path`` of the checkpoint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Fine-tune", parent)
        self._situation: FineTuneSituation | None = None
        self._running = False
        self._result: TrainReport | None = None
        self._run: RunPage | None = None
        self.settings = SettingsPage()
        self.start = primary("Start training")
        self.failure = ResultPage()
        self.back = primary("Back to the settings")
        self.stop = plain("Stop and keep the best")
        self.stop.setToolTip("End the training now; the best network so far is kept.")
        self.use = primary("Use this model now")
        self.again = plain("Train again…")
        self.hide_run = self.closing_button("Hide")
        close = self.closing_button
        self._settings_page = Page(self.settings, _WIDTH, close("Close"), self.start)
        self._failure_page = Page(self.failure, _WIDTH, close("Close"), self.back)
        for page in (self._settings_page, self._failure_page):
            self.add_page(page)
        self._connect()

    @property
    def running(self) -> bool:
        """Whether a run was started and has not ended."""
        return self._running

    @property
    def run(self) -> "RunPage":
        """The content of the run's page."""
        if self._run is None:
            from segstudio.gui.dialogs.fine_tune.run_page import RunPage

            self._run = RunPage()
            buttons = (self.again, self.hide_run, self.stop, self.use)
            self._run_page = Page(self._run, _RUN_WIDTH, *buttons)
            self.add_page(self._run_page)
        return self._run

    def set_situation(self, situation: FineTuneSituation) -> None:
        """Show where the project stands; a run that goes on stays on the screen."""
        self._situation = situation
        self.settings.set_situation(situation)
        self._allow_start()
        if not self._running:
            self.show_page(self._settings_page)

    def show_progress(self, progress: Progress) -> None:
        """Where the run stands; the payload is a ``TrainReport``, or nothing yet."""
        if self._running and self.stop.isEnabled():
            self.run.show_progress(progress)

    def show_finished(self, report: TrainReport) -> None:
        """The run has ended, by itself or because it was stopped.

        ``report.checkpoint`` is what was kept, or None where it ended too early for that.
        """
        was_stopped = not self.stop.isEnabled()
        self._result = report
        self._running = False
        self.run.show_finished(report, was_stopped)
        self._show_buttons()
        self.use.setVisible(report.checkpoint is not None)
        self.show_page(self._run_page)

    def show_failed(self, error: Exception) -> None:
        """The run came to nothing: say why, and what to do."""
        self._running = False
        self.failure.show_error(error, "Training")
        self.show_page(self._failure_page)

    def _connect(self) -> None:
        self.start.setEnabled(False)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._stop)
        self.use.clicked.connect(self._use)
        for button in (self.back, self.again):
            button.clicked.connect(lambda: self.show_page(self._settings_page))
        self.settings.resized.connect(self.fit_soon)
        self.settings.changed.connect(self._allow_start)

    def _start(self) -> None:
        try:
            settings = self.settings.settings()
        except SegStudioError as error:
            self.settings.show_trouble(str(error))
            return
        from segstudio.gui.dialogs.fine_tune.run_page import RunStart

        assert self._situation is not None
        label, before = self.settings.start_label(), self.settings.before()
        self._running = True
        self._result = None
        self.stop.setEnabled(True)
        self.run.begin(RunStart(label, self._situation.classes, before))
        self._show_buttons()
        self.show_page(self._run_page)
        self.start_requested.emit(settings)

    def _allow_start(self) -> None:
        self.start.setEnabled(self.settings.can_start())

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.run.show_stopping()
        self.stop_requested.emit()

    def _use(self) -> None:
        if self._result is not None and self._result.checkpoint is not None:
            self.use_requested.emit(self._result.checkpoint)
            self.close()

    def _show_buttons(self) -> None:
        self.stop.setVisible(self._running)
        self.use.setVisible(not self._running)
        self.again.setVisible(not self._running)
        self.hide_run.setText("Hide" if self._running else "Keep for later")
