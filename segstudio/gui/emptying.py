"""Frames in which there is nothing to label: finished, without a stroke."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.emptiness import emptied, kept
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID
from segstudio.gui.actions import action
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure, read_only
from segstudio.project import Project, Status
from segstudio.project.status import derived

STEP = "Mark empty"
_SETTING = "empty_fill"
_BACKGROUND = "background"


class Emptying(QObject):
    """Marks frames as empty, and takes the word back as soon as their pixels say otherwise.

    An empty frame is done. Where the project has a class for the background, the whole frame
    becomes that class, so that the network learns that there is nothing else; without one its
    pixels are void, as everything that is not labelled.
    """

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self.fills = QMenu("Fill e&mpty frames with")
        """Chooses what becomes of the pixels of empty frames."""
        self.fills.aboutToShow.connect(self._list_fills)
        self._list_fills()
        self._settled_at = 0  # the change that was the last when the frame was opened or marked
        labelling.frame_opened.connect(self._settle)
        labelling.history_changed.connect(self._look_again)

    def fill(self, project: Project) -> int:
        """What becomes of the pixels of an empty frame: an id, or void (255)."""
        chosen = project.settings.get(_SETTING)
        if chosen == VOID or (isinstance(chosen, int) and chosen in project.classes):
            return chosen
        return _background(project.classes)

    @action(
        "Mark as &empty",
        "Frame/2",
        "There is nothing to label in this frame: it is finished. Again to reopen it.",
        icon="mdi6.check-circle-outline",
        shortcuts=["Shift+Return"],
    )
    def mark_empty(self) -> None:
        """Finish a frame that holds nothing, or reopen it."""
        project, document = self._labelling.project, self._labelling.document
        if project is None or document is None or document.in_transaction:
            return
        if project.read_only:
            self.noticed.emit(read_only(project))
        elif project.record(self._labelling.frame_name).empty:
            self._take_back()
        elif not self._tell_hindrance(document, self.fill(project)):
            self._mark(project, document)

    def _tell_hindrance(self, document: Document, fill: int) -> bool:
        ids = kept(document.label_map, fill, document.classes.locked_ids)
        found = (document.classes.get(int(value)) for value in ids)
        names = ", ".join(entry.name for entry in found if entry is not None)
        if not len(ids):
            return False
        text = f"Not empty: this frame holds pixels that you labelled or locked ({names})."
        if self._status() is Status.DONE:
            self.noticed.emit(Notice(text, "warning"))
        else:
            done = self._labelling.mark_done
            self.noticed.emit(Notice(text, "warning", "Mark as done instead", done))
        return True

    def _mark(self, project: Project, document: Document) -> None:
        fill = self.fill(project)
        edit = emptied(document.label_map, fill)
        if edit is not None:
            with document.transaction(STEP):
                document.apply(edit)
        if not self._say(Status.DONE, empty=True):
            return
        self._settled_at = self._labelling.changes
        filled = document.classes.get(fill)
        became = f"its pixels are {filled.name} now" if filled else "its pixels stay void"
        text = f"{self._labelling.frame_name} is marked as empty: {became}."
        self.noticed.emit(Notice(text, "info", "Take back", self._take_back))

    def _take_back(self) -> None:
        project, document = self._labelling.project, self._labelling.document
        if project is None or document is None or document.in_transaction:
            return
        if not project.record(self._labelling.frame_name).empty:
            return  # a message outlives what it speaks of
        if document.history.undo_name == STEP:
            document.undo()
        if project.record(self._labelling.frame_name).empty:
            self._reopen(document)

    def _settle(self, _document: Document | None) -> None:
        self._settled_at = self._labelling.changes

    def _look_again(self) -> None:
        """A frame whose pixels were changed since is not empty any more, nor done."""
        project, document = self._labelling.project, self._labelling.document
        if project is None or document is None or self._labelling.changes == self._settled_at:
            return
        if project.record(self._labelling.frame_name).empty and not project.read_only:
            self._reopen(document)

    def _status(self) -> Status:
        assert self._labelling.project is not None
        return self._labelling.project.status(self._labelling.frame_name)

    def _reopen(self, document: Document) -> None:
        self._say(derived(document.label_map))

    def _say(self, status: Status, *, empty: bool = False) -> bool:
        project, name = self._labelling.project, self._labelling.frame_name
        assert project is not None
        try:
            project.set_status(name, status, empty=empty)
        except SegStudioError as error:
            self.noticed.emit(failure(error))
            return False
        self._labelling.status_changed.emit(name, status.value)
        return True

    # --- what empty frames are filled with -----------------------------------------------------

    def _list_fills(self) -> None:
        menu = self.fills
        menu.clear()
        project = self._labelling.project
        if project is None:
            menu.addAction("Open a project first").setEnabled(False)
            return
        group = QActionGroup(menu)
        now = self.fill(project)
        for value, text in ((VOID, "Nothing: they stay void"), *_names(project.classes)):
            entry = group.addAction(text)
            entry.setCheckable(True)
            entry.setChecked(value == now)
            entry.triggered.connect(lambda _on, value=value: project.keep_setting(_SETTING, value))
        menu.addActions(group.actions())


def _background(classes: ClassTable) -> int:
    """The class that is called so, in whatever letters; else void."""
    found = (entry.id for entry in classes if entry.name.strip().casefold() == _BACKGROUND)
    return next(found, VOID)


def _names(classes: ClassTable) -> list[tuple[int, str]]:
    return [(entry.id, entry.name.replace("&", "&&")) for entry in classes]
