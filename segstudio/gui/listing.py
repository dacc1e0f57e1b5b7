"""Fills the frame list from the project, keeps it true, and remembers how it was arranged."""

import logging
from collections.abc import Iterator

from PySide6.QtCore import QObject

from segstudio.core.progress import Progress
from segstudio.gui.arrangement_file import from_json, to_json
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.panels.frame_list import FrameListPanel
from segstudio.gui.panels.frame_order import Arrangement, FrameRow
from segstudio.project import Project

_SETTING = "frame_list"
_LANE = "counting"

log = logging.getLogger(__name__)


class Listing(QObject):
    """Stands between the project and the panel: neither knows the other."""

    def __init__(
        self,
        jobs: Jobs,
        labelling: Labelling,
        panel: FrameListPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._panel = panel
        self._counting: JobHandle | None = None
        self._open = ""
        labelling.project_opened.connect(self._show_project)
        labelling.classes_changed.connect(panel.set_classes)
        labelling.frame_opened.connect(self._frame_changed)
        labelling.status_changed.connect(lambda name, _status: self.refresh(name))
        panel.arranged.connect(self._remember)

    def refresh(self, name: str) -> None:
        """Something about a frame has changed."""
        project = self._labelling.project
        if project is not None:
            self._panel.set_row(FrameRow(name, project.record(name)))

    def note_uncertainty(self, uncertainty: float) -> None:
        """The open frame was predicted with this mean uncertainty, 0 to 1."""
        project, name = self._labelling.project, self._labelling.frame_name
        if project is not None and not project.read_only:
            project.set_uncertainty(name, uncertainty)
            self.refresh(name)

    def _show_project(self, project: Project) -> None:
        self._open = ""
        names = [entry.name for entry in project.entries]
        rows = [FrameRow(name, project.record(name)) for name in names]
        self._panel.set_entries(rows, from_json(project.settings.get(_SETTING)))
        self._count(project)

    def _frame_changed(self) -> None:
        """Time was counted for the frame that was left."""
        left, self._open = self._open, self._labelling.frame_name
        if left and left != self._open:
            self.refresh(left)

    def _remember(self, arrangement: Arrangement) -> None:
        project = self._labelling.project
        if project is not None:
            project.keep_setting(_SETTING, to_json(arrangement))

    # --- label files of older versions ---------------------------------------------------------

    def _count(self, project: Project) -> None:
        """Count, beside the window, what no earlier version has counted."""
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        names = [] if project.read_only else project.uncounted()
        if names:
            self._counting = self._jobs.run_in_thread(
                lambda: _counted(project, names),
                lane=_LANE,
                on_progress=lambda progress: self.refresh(progress.payload),
                on_failed=lambda error: log.warning("frames stay uncounted: %s", error),
            )


def _counted(project: Project, names: list[str]) -> Iterator[Progress]:
    for done, name in enumerate(names):
        if project.read_only:  # it was closed meanwhile
            return
        project.count(name)
        yield Progress(done + 1, len(names), name, name)
