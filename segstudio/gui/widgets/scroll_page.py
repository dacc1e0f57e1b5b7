"""A panel's content that scrolls where the window is low."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from segstudio.gui import theme


class ScrollPage(QScrollArea):
    """A column with the panel's margins; scrolls up and down, never sideways.

    ``least`` is the height in pixels that must stay visible, where the content is that high.
    """

    def __init__(self, parent: QWidget | None = None, least: int = 12 * theme.STEP) -> None:
        super().__init__(parent)
        self._least = least
        self._page = page = QWidget()
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(*[theme.STEP] * 4)
        self.column.setSpacing(theme.STEP)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # else the dock around it keeps the height of what was there
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self._page.sizeHint()

    def minimumSizeHint(self) -> QSize:
        content = self._page.minimumSizeHint()
        return QSize(content.width(), min(content.height(), self._least))
