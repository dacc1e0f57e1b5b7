"""The page of a first start: where to begin."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.widgets.icon_label import IconLabel

_WIDTH = 60 * theme.STEP
_MOST_RECENT = 6


class WelcomePage(QWidget):
    """Offers a folder, the sample project and what was open lately."""

    open_folder_requested = Signal()
    open_sample_requested = Signal()
    recent_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open_folder = _large_button("folder-open-outline", "Open folder…", "primary")
        self.open_sample = _large_button("image-multiple-outline", "Open sample", "")
        self.open_folder.clicked.connect(self.open_folder_requested)
        self.open_sample.clicked.connect(self.open_sample_requested)
        self._recent = QWidget()
        self._recent_column = QVBoxLayout(self._recent)
        self._recent_column.setContentsMargins(0, 0, 0, 0)
        self._recent_column.setSpacing(0)
        self._lay_out()
        self.set_recent([])

    def set_recent(self, paths: Sequence[str]) -> None:
        """Projects that were open lately, the last one first."""
        for old in self._recent.findChildren(QWidget):
            self._recent_column.removeWidget(old)
            old.deleteLater()
        for path in paths[:_MOST_RECENT]:
            row = RecentRow(path)
            row.clicked.connect(lambda _on=False, path=path: self.recent_chosen.emit(path))
            self._recent_column.addWidget(row)
        if not paths:
            none = QLabel("Projects that you open are listed here.")
            none.setProperty("role", "quiet")
            self._recent_column.addWidget(none)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.STEP)
        buttons.addWidget(self.open_folder, 1)
        buttons.addWidget(self.open_sample, 1)
        heading = QLabel("Recent projects")
        bold = heading.font()
        bold.setBold(True)
        heading.setFont(bold)
        body = QWidget()
        body.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(body)
        column.setContentsMargins(*[2 * theme.STEP] * 4)
        column.setSpacing(2 * theme.STEP)
        column.addLayout(_banner())
        column.addSpacing(theme.STEP)
        column.addLayout(buttons)
        column.addWidget(_DropHint())
        column.addSpacing(theme.STEP)
        column.addWidget(heading)
        column.addWidget(self._recent)
        self._centre(body)

    def _centre(self, body: QWidget) -> None:
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(body, 1000)  # takes what there is, up to its maximum
        line.addStretch(1)
        middle = QVBoxLayout(self)
        middle.addStretch(2)
        middle.addLayout(line)
        middle.addStretch(3)


class RecentRow(QAbstractButton):
    """A project's folder: its name, and under it the way there."""

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._name = PurePath(path).name or path
        self.setText(self._name)
        self.setToolTip(path)
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(path)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        height = 2 * self.fontMetrics().height() + 2 * theme.STEP
        return QSize(40 * theme.STEP, max(6 * theme.STEP, height))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(colours.colour("raised"))
            painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.colour("accent"), 1))
            painter.drawRoundedRect(box, 4, 4)
        sign = QRect(theme.STEP, (self.height() - 20) // 2, 20, 20)
        theme.icon("folder-outline", "quiet").paint(painter, sign)
        words = box.adjusted(20 + 2 * theme.STEP, theme.STEP // 2, -theme.STEP, -theme.STEP // 2)
        upper = QRect(words.topLeft(), QSize(words.width(), words.height() // 2))
        self._write(painter, upper, self._name, "text")
        self._write(painter, upper.translated(0, upper.height()), self._path, "quiet")

    def _write(self, painter: QPainter, box: QRect, text: str, role: str) -> None:
        painter.setPen(theme.colours().colour(role))
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


class _DropHint(QFrame):
    """Says that a folder can be dropped; the window takes it, wherever it falls."""

    def __init__(self) -> None:
        super().__init__()
        text = QLabel("or drop a folder of pictures here")
        text.setProperty("role", "quiet")
        line = QHBoxLayout(self)
        line.setContentsMargins(*[2 * theme.STEP] * 4)
        line.setSpacing(theme.STEP)
        line.addStretch(1)
        line.addWidget(IconLabel("tray-arrow-down", "quiet"))
        line.addWidget(text)
        line.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colours().colour("outline"), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)


def _banner() -> QHBoxLayout:
    logo = QLabel()
    logo.setPixmap(theme.application_icon().pixmap(QSize(72, 72)))
    title = QLabel("SegStudio")
    title.setFont(theme.title_font(title))
    line = QLabel("Label pictures pixel by pixel, and train a network on them.")
    line.setProperty("role", "quiet")
    line.setWordWrap(True)
    words = QVBoxLayout()
    words.setSpacing(theme.STEP // 2)
    words.addStretch(1)
    words.addWidget(title)
    words.addWidget(line)
    words.addStretch(1)
    banner = QHBoxLayout()
    banner.setSpacing(2 * theme.STEP)
    banner.addWidget(logo)
    banner.addLayout(words, 1)
    return banner


def _large_button(icon: str, text: str, role: str) -> QPushButton:
    button = QPushButton(theme.icon(icon, "on_accent" if role else "text"), text)
    button.setProperty("role", role or "large")
    button.setIconSize(theme.BUTTON_ICON)
    return button
