"""The menu that chooses which frames are listed, with the number of each kind."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.core.classes import ClassTable
from segstudio.gui.panels.frame_choices import FrameChoice, class_choices, frame_choices
from segstudio.gui.panels.frame_order import Arrangement
from segstudio.gui.panels.frame_table import FrameTableModel


class _StayingMenu(QMenu):
    """Does not close while boxes are ticked, so that several are ticked in one go."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        entry = self.actionAt(event.position().toPoint())
        if entry is not None and entry.isCheckable():
            entry.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry = self.activeAction()
        if event.key() == Qt.Key.Key_Space and entry is not None and entry.isCheckable():
            entry.trigger()
        else:
            super().keyPressEvent(event)


class FrameFilterMenu(_StayingMenu):
    """All filters, counted when the menu is opened.

    Parameters
    ----------
    table
        Knows the frames, and what they are filtered by now.
    """

    wanted = Signal(Arrangement)
    """Another filter."""

    def __init__(self, table: FrameTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._choices: dict[QAction, FrameChoice] = {}
        self._by_class = _StayingMenu("Holding the class", self)
        self.classes = ClassTable()
        self.aboutToShow.connect(self._build)

    def _build(self) -> None:
        self._choices.clear()
        self.clear()
        self._by_class.clear()
        for group in frame_choices(self._table.tally):
            self._add(self, group)
            self.addSeparator()
        if len(self.classes):
            self.addMenu(self._by_class)
            self._add(self._by_class, class_choices(self.classes, self._table.class_counts()))
        self._mark()

    def _add(self, menu: QMenu, choices: list[FrameChoice]) -> None:
        for choice in choices:
            entry = menu.addAction(f"{choice.text.replace('&', '&&')}\t{choice.frames:,}")
            entry.setCheckable(True)
            entry.triggered.connect(lambda _on, choice=choice: self._choose(choice))
            self._choices[entry] = choice

    def _choose(self, choice: FrameChoice) -> None:
        self.wanted.emit(choice.flipped(self._table.arrangement))
        self._mark()

    def _mark(self) -> None:
        for entry, choice in self._choices.items():
            entry.setChecked(choice.is_on(self._table.arrangement))
