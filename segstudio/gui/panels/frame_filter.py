"""The rows above the frame list: search, filter and order."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.gui import theme
from segstudio.gui.panels.frame_choices import in_words, unfiltered
from segstudio.gui.panels.frame_filter_menu import FrameFilterMenu
from segstudio.gui.panels.frame_order import Arrangement, Sorting
from segstudio.gui.panels.frame_table import FrameTableModel

_POPUP = QToolButton.ToolButtonPopupMode.InstantPopup


class FrameFilter(QWidget):
    """Says how the list shall be arranged; the list arranges itself and calls :meth:`show_state`.

    Parameters
    ----------
    table
        The frames, for their numbers.
    """

    wanted = Signal(Arrangement)

    def __init__(self, table: FrameTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search frames")
        self.search.setAccessibleName("Search frames")
        self.search.setToolTip("Part of a name, or of a flag's comment")
        self.search.setClearButtonEnabled(True)
        leading = QLineEdit.ActionPosition.LeadingPosition
        self.search.addAction(theme.icon("magnify", "quiet"), leading)
        self.menu = FrameFilterMenu(table, self)
        self.filter = _filter_button(self.menu)
        self.sorting = SortButton()
        self._lay_out()
        self.search.textChanged.connect(lambda text: self._want(search=text.strip()))
        self.menu.wanted.connect(self.wanted)
        self.sorting.chosen.connect(lambda sorting: self._want(sorting=sorting))
        self.sorting.turned.connect(lambda reverse: self._want(reverse=reverse))

    def set_classes(self, classes: ClassTable) -> None:
        """The classes that can be filtered by."""
        self.menu.classes = classes
        gone = self._table.arrangement.classes - set(classes.ids)
        if gone:
            self._want(classes=self._table.arrangement.classes - gone)
        self.show_state()

    def show_all(self) -> None:
        """Want every frame, in the order as it is."""
        self.wanted.emit(replace(unfiltered(self._table.arrangement), search=""))

    def show_state(self) -> None:
        """Show how the list is arranged now."""
        now = self._table.arrangement
        if self.search.text().strip() != now.search:
            with QSignalBlocker(self.search):
                self.search.setText(now.search)
        names = in_words(now, self.menu.classes)
        self.filter.setText(
            "All frames" if not names else names[0] if len(names) == 1 else f"{len(names)} filters"
        )
        self.filter.setIcon(theme.icon("filter" if names else "filter-outline", _role(names)))
        self.filter.setToolTip(f"Only: {', '.join(names)}" if names else "Choose which are listed")
        self.sorting.show_state(now.sorting, now.reverse)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.STEP // 2)
        line.addWidget(self.filter, 1)
        line.addWidget(self.sorting)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addWidget(self.search)
        column.addLayout(line)

    def _want(self, **changes: Any) -> None:
        self.wanted.emit(replace(self._table.arrangement, **changes))


class SortButton(QToolButton):
    """A small button with the orders in its menu."""

    chosen = Signal(object)
    """A ``Sorting``."""

    turned = Signal(bool)
    """Whether the order shall be the other way round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(theme.PANEL_ICON)
        self.setAccessibleName("Sort the list")
        self.setPopupMode(_POPUP)
        menu, group = QMenu(self), QActionGroup(self)
        self.orders: dict[Sorting, QAction] = {}
        for sorting in Sorting:
            entry = self.orders[sorting] = group.addAction(sorting.value)
            entry.setCheckable(True)
            entry.setData(sorting)
        menu.addActions(group.actions())
        menu.addSeparator()
        self.reverse = menu.addAction("Reverse order")
        self.reverse.setCheckable(True)
        self.setMenu(menu)
        group.triggered.connect(lambda entry: self.chosen.emit(entry.data()))
        self.reverse.triggered.connect(self.turned)
        self.show_state(Sorting.NAME, False)

    def show_state(self, sorting: Sorting, reverse: bool) -> None:
        """Show the order without telling anybody."""
        self.orders[sorting].setChecked(True)
        self.reverse.setChecked(reverse)
        self.setIcon(theme.icon("sort-descending" if reverse else "sort-ascending"))
        self.setToolTip(f"Sorted {sorting.value[:1].lower()}{sorting.value[1:]}")


def _filter_button(menu: QMenu) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "field")
    button.setAccessibleName("Frames shown")
    button.setIconSize(theme.PANEL_ICON)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(_POPUP)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    button.setMenu(menu)
    return button


def _role(names: list[str]) -> str:
    return "accent" if names else "text"
