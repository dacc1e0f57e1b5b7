"""Opens projects and closes them, and lets none go while strokes could be lost."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.errors import SegStudioError
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure
from segstudio.project import Project

_LAST_FRAME = "frame"


class Projects(QObject):
    """Exchanges the project that is being labelled; it begins where the user left it."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._warned_at: int | None = None

    def open(self, path: Path) -> bool:
        """Open a folder, a picture in it, or a project; says whether that worked.

        Where it cannot be opened, what was open before stays open.
        """
        try:
            project = self._exchange(path)
        except SegStudioError as error:
            self.noticed.emit(failure(error))
            return False
        if project is None:
            return False
        self._labelling.begin(project)
        self._tell_about(project)
        names = _names(project)
        last = project.settings.get(_LAST_FRAME)
        if names:
            self._labelling.open_frame(
                project.initial or (str(last) if last in names else names[0])
            )
        else:
            self._labelling.show_nothing()
        return True

    def close(self, regardless: Callable[[], object] | None = None) -> bool:
        """Save, wait until it is on disk, and let the folder go; says whether it is closed.

        Parameters
        ----------
        regardless
            What the user may choose to do where strokes can be saved nowhere; the project then
            stays open at first. None closes it all the same.
        """
        project, name = self._labelling.project, self._labelling.frame_name
        if project is None:
            return True
        unsafe = self._labelling.settle()
        if unsafe and regardless is not None and self._warned_at != self._labelling.changes:
            self._warned_at = self._labelling.changes
            text = f"The last strokes on {', '.join(sorted(unsafe))} could not be saved anywhere."
            self.noticed.emit(Notice(text, "error", "Close and lose them", regardless))
            self._labelling.open_frame(name)
            return False
        try:
            _remember_place(project, name)
            project.close()
        except SegStudioError as error:
            self.noticed.emit(failure(error))
        self._labelling.end()
        self._warned_at = None
        return True

    def _exchange(self, path: Path) -> Project | None:
        """Open a project, close the one before; None where that must not be closed."""
        project, before = Project.open(path), self._labelling.project
        if before is None:
            return project
        again = project.home == before.home
        if again:
            project.close()  # it is read-only as long as it is open here, too
        if not self.close(lambda: self.open(path)):
            project.close()
            return None
        return Project.open(path) if again else project

    def _tell_about(self, project: Project) -> None:
        if project.read_only:
            text = f"Read-only: {project.read_only_reason}. You can look, but nothing is saved."
            self.noticed.emit(Notice(text, "warning"))
        for notice in project.notices:
            self.noticed.emit(Notice(notice, "warning"))
        if project.recovered:
            names = ", ".join(project.recovered[:3])
            more = f" and {len(project.recovered) - 3} more" if len(project.recovered) > 3 else ""
            text = f"Recovered unsaved strokes of the last session: {names}{more}."
            self.noticed.emit(Notice(text, "info"))


def _remember_place(project: Project, name: str) -> None:
    names = _names(project)
    known = project.settings.get(_LAST_FRAME, names[0] if names else "")
    if name != known and not project.read_only:
        project.settings[_LAST_FRAME] = name
        project.save_settings()


def _names(project: Project) -> list[str]:
    return [entry.name for entry in project.entries]
