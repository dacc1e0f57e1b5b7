"""A dialog of a few pages that stands beside the work."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme

_MARGIN = 2 * theme.STEP
_WINDOW_FRAME = QSize(2 * theme.STEP, 6 * theme.STEP)


class PagedDialog(QDialog):
    """Never modal, and only hidden by closing it: what it shows goes on.

    Pages are of the class :class:`Page`; the dialog takes the size of the one that is shown.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setModal(False)
        self._pages: list[Page] = []
        self._stack = QStackedLayout(self)
        self._fit_later = QTimer(self, singleShot=True, interval=0)
        self._fit_later.timeout.connect(self.fit)

    @property
    def page(self) -> "Page":
        """What is shown."""
        return self._pages[self._stack.currentIndex()]

    def add_page(self, page: "Page") -> None:
        """Add a page; the first one is shown."""
        self._pages.append(page)
        self._stack.addWidget(page)
        self._let_only_shown_page_ask_for_room()

    def show_page(self, page: "Page") -> None:
        """Turn to a page, and take the size that it wants."""
        self._stack.setCurrentIndex(self._pages.index(page))
        self._let_only_shown_page_ask_for_room()
        self.fit()
        page.focus_first_button()

    def fit(self) -> None:
        """Take the size that the page wants, as far as the screen has room."""
        self._stack.activate()
        room = self.screen().availableSize() - _WINDOW_FRAME
        self.resize(self.page.wanted_size().boundedTo(room))

    def fit_soon(self) -> None:
        """As :meth:`fit`, once the layouts have heard of what was shown or hidden."""
        self._fit_later.start()

    def bring_forward(self) -> None:
        """Show the dialog, or raise it where other windows hide it."""
        self.show()
        self.raise_()
        self.activateWindow()

    def closing_button(self, text: str) -> QPushButton:
        """A button that closes the dialog and stops nothing."""
        button = plain(text)
        button.clicked.connect(self.close)
        return button

    def _let_only_shown_page_ask_for_room(self) -> None:
        for page in self._pages:
            policy = QSizePolicy.Policy.Preferred
            if page is not self.page:
                policy = QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)


class Page(QWidget):
    """Content over a line of buttons; the last button is the rightmost.

    Parameters
    ----------
    width
        Of the dialog while it shows this page, in pixels; it may be made larger by hand.
    """

    def __init__(self, content: QWidget, width: int, *buttons: QPushButton) -> None:
        super().__init__()
        self._width = width
        self._buttons = buttons
        content.setContentsMargins(*[_MARGIN] * 4)
        line = QHBoxLayout()
        line.setContentsMargins(_MARGIN, theme.STEP, _MARGIN, theme.STEP)
        line.setSpacing(theme.STEP)
        line.addStretch(1)
        for button in buttons:
            line.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(content, 1)
        self._column.addLayout(line)

    def focus_first_button(self) -> None:
        """Enter shall press what the page is for, else the first button, which does no harm."""
        useful = [b for b in self._buttons if _is_primary(b) and not b.isHidden()]
        for button in useful:
            button.setDefault(True)
        (useful or self._buttons)[0].setFocus()

    def wanted_size(self) -> QSize:
        """This page's width, and the height that its text needs at that width."""
        self._column.activate()
        width = max(self._width, self._column.totalMinimumSize().width())
        height = self._column.totalSizeHint().height()
        if self._column.hasHeightForWidth():
            height = self._column.totalHeightForWidth(width)
        return QSize(width, height)


def primary(text: str) -> QPushButton:
    """The one button of a page that does what the page is for."""
    button = QPushButton(text)
    button.setProperty("role", "primary")
    return button


def plain(text: str) -> QPushButton:
    """Any other button; Enter does not press it unless it has the focus."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # As high as the primary one beside it, whose height the style sheet sets.
    button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
    return button


def _is_primary(button: QPushButton) -> bool:
    return bool(button.property("role") == "primary")
