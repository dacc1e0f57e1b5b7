"""Flags frames with a comment: for a colleague, or for oneself tomorrow."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.gui.actions import action
from segstudio.gui.flag_strip import FlagStrip
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure, read_only


class Flagging(QObject):
    """Brings flags between the strip above the canvas and the project.

    Parameters
    ----------
    strip
        Where the comment is read and written.
    canvas
        Gets the keyboard back afterwards.
    """

    changed = Signal(str)
    """This frame was flagged, or is flagged no more."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self,
        labelling: Labelling,
        strip: FlagStrip,
        canvas: QWidget,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._strip = strip
        # A comment that is half written belongs to the frame it was begun on.
        labelling.frame_left.connect(strip.finish)
        labelling.frame_opened.connect(self._show)
        strip.commented.connect(self._set)
        strip.edit_requested.connect(self.flag)
        strip.removal_requested.connect(self.remove_flag)
        strip.left.connect(canvas.setFocus)

    @action(
        "&Flag with a comment…",
        "Frame/3",
        "Remember that this frame wants another look, and why. The list can be filtered by it.",
        icon="mdi6.flag-outline",
        shortcuts=["Shift+F"],
    )
    def flag(self) -> None:
        """Write the comment of the open frame's flag."""
        if self._may_flag():
            self._strip.write()

    @action(
        "&Remove flag",
        "Frame/3",
        "This frame needs no further look.",
        icon="mdi6.flag-off-outline",
        shortcuts=["Ctrl+Shift+F"],
    )
    def remove_flag(self) -> None:
        """Take the open frame's flag away."""
        if self._may_flag():
            self._set(None)

    def _may_flag(self) -> bool:
        project = self._labelling.project
        if project is None or self._labelling.document is None:
            self.noticed.emit(Notice("Open a frame first.", "warning"))
            return False
        if project.read_only:
            self.noticed.emit(read_only(project))
        return not project.read_only

    def _set(self, comment: str | None) -> None:
        project, name = self._labelling.project, self._labelling.frame_name
        if project is None or comment == project.record(name).flag:
            return
        try:
            project.set_flag(name, comment)
        except SegStudioError as error:
            self.noticed.emit(failure(error))
        self._strip.show_flag(project.record(name).flag)
        self.changed.emit(name)

    def _show(self, document: Document | None) -> None:
        project = self._labelling.project
        if document is None or project is None:
            self._strip.show_flag(None)
        else:
            flag = project.record(self._labelling.frame_name).flag
            self._strip.show_flag(flag, may_change=not project.read_only)
