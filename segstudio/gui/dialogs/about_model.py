"""What there is to know about one model: paper, size, what it sees, and how it is built."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, primary
from segstudio.gui.dialogs.parts.result_page import ResultPage
from segstudio.gui.dialogs.parts.text import body, heading, quiet, title
from segstudio.gui.dialogs.parts.work_page import WorkPage
from segstudio.gui.widgets.block_diagram import BlockDiagram

if TYPE_CHECKING:
    from segstudio.workflows.about_model import AboutModel

_SIZE = QSize(840, 800)
_LEAST = QSize(400, 240)


class AboutModelDialog(PagedDialog):
    """Shows a model while it is looked into, then what was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("About this model", parent)
        self.diagram: BlockDiagram | None = None
        self._content = _Scrolled()
        self.work = WorkPage(
            "About this model", "step", "Its blocks are taken from what it does to a picture."
        )
        self.failure = ResultPage()
        pages = []
        for content in (self._content, self.work, self.failure):
            close = primary("Close")
            close.clicked.connect(self.close)
            pages.append(Page(content, _SIZE.width(), close))
            self.add_page(pages[-1])
        self._about_page, self._work_page, self._failure_page = pages

    def show_working(self) -> None:
        """The model is being looked into."""
        self.work.begin()
        self.show_page(self._work_page)

    def show_progress(self, progress: Progress) -> None:
        """Where that stands."""
        self.work.show_progress(progress)

    def show_about(self, about: "AboutModel") -> None:
        """What was found."""
        self.setWindowTitle(f"About {about.label}")
        self.diagram = BlockDiagram(about.diagram)
        self._content.setWidget(_told(about, self.diagram))
        self._content.updateGeometry()
        self.show_page(self._about_page)

    def show_failed(self, error: Exception) -> None:
        """Nothing was found: say why, and what to do."""
        self.failure.show_error(error, "Looking into the model")
        self.show_page(self._failure_page)


class _Scrolled(QScrollArea):
    """The page's content, which scrolls where the screen is low."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        content = self.widget()
        wanted = content.heightForWidth(_SIZE.width()) if content else 0
        return QSize(_SIZE.width(), min(_SIZE.height(), wanted))

    def minimumSizeHint(self) -> QSize:
        return _LEAST


def _told(about: "AboutModel", diagram: BlockDiagram) -> QWidget:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(*[2 * theme.STEP] * 4)
    column.setSpacing(theme.STEP)
    column.addWidget(title(about.label))
    column.addWidget(body(about.summary))
    column.addWidget(quiet(f"{about.authors} {about.year}: {about.title}"))
    column.addSpacing(theme.STEP)
    column.addLayout(_facts(about))
    if about.sets_apart:
        column.addSpacing(theme.STEP)
        column.addWidget(heading("What sets it apart"))
        column.addWidget(body(about.sets_apart))
    column.addSpacing(theme.STEP)
    column.addWidget(heading("How it is built"))
    column.addWidget(quiet(_legend(about)))
    column.addWidget(_sideways(diagram), 1)
    return content


def _facts(about: "AboutModel") -> QGridLayout:
    classes = f"{about.classes} classes, {about.channels} channels"
    field = about.receptive_field
    rows = [
        ("Family", about.family),
        ("Parameters", f"{about.parameters / 1e6:.1f} million ({classes})"),
        ("Output stride", _stride(about.output_stride)),
        ("Receptive field", "the whole picture" if field is None else f"{field} px"),
        ("Smallest picture", f"{about.minimum_size} px"),
    ]
    if about.options:
        chosen = ", ".join(f"{label.lower()} {value}" for label, value in about.options)
        rows.append(("Options", chosen))
    table = QGridLayout()
    table.setHorizontalSpacing(2 * theme.STEP)
    table.setVerticalSpacing(theme.STEP // 2)
    table.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(rows):
        table.addWidget(quiet(name), row, 0, Qt.AlignmentFlag.AlignTop)
        table.addWidget(body(value), row, 1)
    return table


def _stride(stride: int) -> str:
    return "1: as fine as the picture" if stride == 1 else f"{stride}: then it is enlarged"


def _legend(about: "AboutModel") -> str:
    text = (
        "Each row is a scale of the picture, each box a stage and the channels (ch) that leave it."
    )
    if any(stage.operation for stage in about.diagram.stages):
        text += " Blue boxes join several maps."
    if any(link.indices for link in about.diagram.links):
        text += " Dashed lines carry pooling indices."
    return text


def _sideways(diagram: BlockDiagram) -> QScrollArea:
    """The diagram, which scrolls where it is wider than the dialog."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(diagram)
    bar = area.horizontalScrollBar().sizeHint().height()
    area.setMinimumHeight(diagram.sizeHint().height() + bar)
    return area
