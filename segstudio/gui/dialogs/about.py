"""What this program is, and in which versions of its parts."""

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segstudio import __version__
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.text import body, quiet, title

_WIDTH = 440
_ICON = QSize(64, 64)


class AboutDialog(PagedDialog):
    """Name, licence and versions; the versions can be copied into a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("About SegStudio", parent)
        self.copy = plain("Copy versions")
        self.copy.clicked.connect(self._copy)
        close = primary("Close")
        close.clicked.connect(self.close)
        page = Page(_content(), _WIDTH, self.copy, close)
        self.add_page(page)
        self.show_page(page)

    def _copy(self) -> None:
        lines = [f"{name} {figure}" for name, figure in versions()]
        QGuiApplication.clipboard().setText("\n".join(lines))


def versions() -> list[tuple[str, str]]:
    """Names and versions of the program and the parts that matter in a report.

    Read from the packages' metadata: importing torch for it would take seconds.
    """
    return [
        ("SegStudio", __version__),
        ("Python", platform.python_version()),
        ("Qt", qVersion() or ""),
        ("PySide6", _installed("PySide6-Essentials")),
        ("PyTorch", _installed("torch")),
        ("NumPy", _installed("numpy")),
        ("System", f"{platform.system()} {platform.release()}"),
    ]


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _content() -> QWidget:
    icon = QLabel()
    icon.setPixmap(theme.application_icon().pixmap(_ICON))
    words = QVBoxLayout()
    words.setSpacing(theme.STEP // 2)
    words.addWidget(title(f"SegStudio {__version__}"))
    words.addWidget(
        body("Label pictures pixel by pixel, refine with a live CRF, train on your own labels.")
    )
    words.addWidget(quiet("Free software under the MIT licence."))
    head = QHBoxLayout()
    head.setSpacing(2 * theme.STEP)
    head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    head.addLayout(words, 1)
    table = QGridLayout()
    table.setHorizontalSpacing(2 * theme.STEP)
    table.setVerticalSpacing(theme.STEP // 2)
    table.setColumnStretch(1, 1)
    for row, (name, figure) in enumerate(versions()[1:]):
        table.addWidget(quiet(name), row, 0)
        table.addWidget(body(figure), row, 1)
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2 * theme.STEP)
    column.addLayout(head)
    column.addLayout(table)
    return content
