"""Tells about a model: looks into it in a worker, and shows what is found."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from segstudio.gui.actions import action
from segstudio.gui.jobs import Jobs
from segstudio.gui.notices import Notice
from segstudio.gui.predicting import LANE, Predicting

# Dialog and workflow are imported where they are asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.about_model import AboutModelDialog


class Explaining(QObject):
    """Wires *About this model* to its workflow."""

    noticed = Signal(object)

    def __init__(self, jobs: Jobs, predicting: Predicting, window: QWidget) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._predicting = predicting
        self._window = window
        self._dialog: AboutModelDialog | None = None

    @property
    def dialog(self) -> "AboutModelDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.about_model import AboutModelDialog

        if self._dialog is None:
            self._dialog = AboutModelDialog(self._window)
        return self._dialog

    @action(
        "About this &model…",
        "Model/4",
        "Paper, size, what it sees, and how it is built.",
        icon="mdi6.sitemap-outline",
        shortcuts=["Ctrl+I"],
    )
    def about_model(self) -> None:
        """Tell about the model in use."""
        if self._predicting.chosen:
            self.tell(self._predicting.chosen)
        else:
            self.noticed.emit(Notice("Choose a model in the Model panel first.", "warning"))

    def tell(self, model: str) -> None:
        """Tell about a checkpoint, an architecture or published weights."""
        from segstudio.workflows.about_model import about_model

        dialog = self.dialog
        dialog.show_working()
        dialog.bring_forward()
        self._jobs.run_in_thread(
            lambda: about_model(model),
            lane=LANE,
            key="about",
            on_progress=dialog.show_progress,
            on_done=dialog.show_about,
            on_failed=dialog.show_failed,
        )
