"""The canvas and, where two things are compared, a second view at its right."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.canvas.caption import Caption
from segstudio.gui.canvas.companion import Companion
from segstudio.gui.canvas.view import View
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.empty_state import EmptyState

_HEIGHT = 4 * theme.STEP
_ARROW = 5 * theme.STEP
"""What a drop-down list needs beside its text."""


class Halves(QSplitter):
    """Two views with a line above each that says what it shows, or the canvas alone."""

    close_requested = Signal()

    def __init__(self, canvas: View) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(theme.STEP // 2)
        self.companion = Companion()
        self.left_words = Caption(canvas, "bottom")
        self.right_words = Caption(self.companion, "bottom")
        self._left_title, self._right_title = ElidedLabel(), _Chooser()
        self.menu = self._right_title.menu
        """What chooses, filled anew whenever it opens."""
        self._left_line = _Line(self._left_title)
        self._right_line = _Line(self._right_title)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(0)
        self._right_line.row.addLayout(self._buttons)
        self._empty = EmptyState("compare", "")
        self._remedy: Callable[[], object] | None = None
        self._empty.clicked.connect(self._act)
        self._empty.setAutoFillBackground(True)  # else the window's own lines are seen through it
        self._pages = QStackedWidget()
        self._pages.setMinimumSize(self.companion.minimumSize())
        self._pages.addWidget(self.companion)
        self._pages.addWidget(self._empty)
        self.addWidget(_half(self._left_line, canvas))
        self._right = _half(self._right_line, self._pages)
        self.addWidget(self._right)
        self.set_open(False)

    def set_buttons(self, actions: list[QAction]) -> None:
        """Put these at the end of the right line."""
        for made in actions:
            button = QToolButton()
            button.setDefaultAction(made)
            self._add(button)
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        close.setToolTip("Close this half")
        close.setAccessibleName("Close this half")
        close.clicked.connect(self.close_requested)
        self._add(close)

    def set_open(self, shown: bool) -> None:
        """Show two halves of one width, or the canvas alone."""
        self._left_line.setVisible(shown)
        self._right.setVisible(shown)
        if shown:
            self.setSizes([1, 1])

    def set_titles(self, left: str, right: str) -> None:
        """What each half shows."""
        self._left_title.setText(left)
        self._right_title.set_text(right)

    def show_view(self) -> None:
        """There is something to look at."""
        self._pages.setCurrentWidget(self.companion)

    def show_empty(
        self, sentence: str, remedy: str = "", act: Callable[[], object] | None = None
    ) -> None:
        """There is nothing to look at, and why; ``remedy`` is the text of the button for it."""
        self._empty.set_sentence(sentence)
        self._empty.button.setText(remedy)
        self._empty.button.setVisible(bool(remedy))
        self._remedy = act
        self._pages.setCurrentWidget(self._empty)

    def _add(self, button: QToolButton) -> None:
        button.setIconSize(theme.PANEL_ICON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
        self._buttons.addWidget(button)

    def _act(self) -> None:
        if self._remedy is not None:
            self._remedy()


class _Chooser(CalmComboBox):
    """Says what the half shows, and opens the menu that chooses something else."""

    def __init__(self) -> None:
        super().__init__()
        self.menu = QMenu(self)
        self._text = ""
        self.addItem("")
        self.setAccessibleName("Compare with")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setToolTip(f"Compare with something else than this: {text}")
        self._shorten()

    def text(self) -> str:
        """All of it, however much is seen."""
        return self._text

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        """A drop-down list by itself cuts letters through."""
        room, mode = self.width() - _ARROW, Qt.TextElideMode.ElideRight
        self.setItemText(0, self.fontMetrics().elidedText(self._text, mode, room))

    def showPopup(self) -> None:
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class _Line(QFrame):
    """Says above a half what it shows."""

    def __init__(self, title: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        self.setFixedHeight(_HEIGHT)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.STEP, 0, theme.STEP // 2, 0)
        self.row.setSpacing(theme.STEP // 2)
        self.row.addWidget(title, 1)


def _half(line: QFrame, view: QWidget) -> QWidget:
    half = QWidget()
    column = QVBoxLayout(half)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(line)
    column.addWidget(view, 1)
    return half
