"""The frame list: what there is to label, and how far it is."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QListView, QStackedLayout, QVBoxLayout, QWidget

from segstudio.core.classes import ClassTable
from segstudio.gui import theme
from segstudio.gui.panels.frame_delegate import FrameDelegate
from segstudio.gui.panels.frame_filter import FrameFilter
from segstudio.gui.panels.frame_order import Arrangement, FrameRow
from segstudio.gui.panels.frame_selection import FrameSelection
from segstudio.gui.panels.frame_table import FrameTableModel
from segstudio.gui.panels.project_summary import ProjectSummary
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.list_rows import Index

__all__ = ["FrameListPanel", "FrameRow"]

# A fast scroll passes rows that nobody looks at; only those that stay are worth reading a file.
_THUMBNAIL_DELAY_MS = 40


class FrameListPanel(QWidget):
    """Lists frames with thumbnail and status; sorts, filters, searches.

    The lists can hold tens of thousands of frames: only rows on the screen are painted, and
    ``thumbnail_wanted`` tells their names alone.
    """

    frame_chosen = Signal(str)
    """The user picked another frame, by mouse or keyboard."""

    arranged = Signal(Arrangement)
    """The user searched, filtered or sorted differently."""

    thumbnail_wanted = Signal(str)
    """This frame is on the screen and has no thumbnail yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = ""
        self._asked: set[str] = set()
        self._missing: dict[str, None] = {}
        self.table = FrameTableModel(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_THUMBNAIL_DELAY_MS)
        self._later.timeout.connect(self._ask)
        # Room for a thumbnail and the longest status beside it.
        self.setMinimumWidth(27 * theme.STEP)
        self._build()
        self._connect()
        self._refresh()

    def set_entries(self, rows: Iterable[FrameRow], arrangement: Arrangement | None = None) -> None:
        """Show these frames, arranged as before or like this."""
        self.table.arrange(arrangement or self.table.arrangement)
        self.table.set_rows(rows)
        self._asked.intersection_update(row.name for row in self.table.rows)
        self._refresh()

    def set_classes(self, classes: ClassTable) -> None:
        """The classes that frames can be filtered by."""
        self.filter.set_classes(classes)

    def set_thumbnail(self, name: str, image: QImage) -> None:
        """The picture of a frame, about 128 pixels wide."""
        # Thumbnails are forgotten when they are many: it may have to be asked for again.
        self._asked.discard(name)
        self.table.set_thumbnail(name, image)

    def set_row(self, row: FrameRow) -> None:
        """What is known of a frame now; it may move, or be listed no more."""
        with QSignalBlocker(self.list.selectionModel()):  # a neighbour is not chosen by that
            self.table.set_row(row)
        if row.name in self.selection:
            self._mark_current()
        self._refresh()

    def set_current(self, name: str) -> None:
        """Mark the frame that is open, without telling anybody."""
        self._current = name
        self._mark_current()
        self.list.scrollTo(self.table.place(name))

    def visible_names(self) -> list[str]:
        """Names of the frames that search and filter let through, in the order shown."""
        return self.table.shown

    def show_all(self) -> None:
        """Take search and filter away."""
        self.filter.show_all()

    def _build(self) -> None:
        self.filter = FrameFilter(self.table)
        self.search = self.filter.search
        self.list = self._make_list()
        self.selection = FrameSelection(self.list, self.table)
        self._no_frames = EmptyState(
            "image-multiple-outline", "No frames yet. Open a folder of pictures to begin."
        )
        self._no_match = EmptyState(
            "filter-off-outline", "No frame passes this search and filter.", "Show all frames"
        )
        self.summary = ProjectSummary()
        self._lay_out()

    def _make_list(self) -> QListView:
        view = _Rows()
        view.setAccessibleName("Frames")
        view.setModel(self.table)
        self._delegate = FrameDelegate(self.table, view)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalScrollBar().setSingleStep(3 * theme.STEP)
        return view

    def _lay_out(self) -> None:
        self._pages = QStackedLayout()
        for page in (self.list, self._no_frames, self._no_match):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addWidget(self.filter)
        column.addLayout(self._pages, 1)
        column.addWidget(self.summary)

    def _connect(self) -> None:
        self.filter.wanted.connect(self._arrange)
        self._no_match.clicked.connect(self.show_all)
        self._delegate.thumbnail_missing.connect(self._note_missing)
        self.table.modelReset.connect(self._mark_current)
        self.selection.chosen.connect(self._chosen)

    def _arrange(self, arrangement: Arrangement) -> None:
        self.table.arrange(arrangement)
        self._refresh()
        self.list.scrollTo(self.table.place(self._current))
        self.arranged.emit(arrangement)

    def _refresh(self) -> None:
        tally, shown = self.table.tally, self.table.rowCount()
        self.summary.show_tally(tally, shown)
        self.filter.show_state()
        self.filter.setEnabled(bool(tally.frames))
        page = self.list if shown else self._no_match if tally.frames else self._no_frames
        self._pages.setCurrentWidget(page)

    def _mark_current(self) -> None:
        self._delegate.open_frame = self._current
        self.selection.show(self._current)

    def _chosen(self, name: str) -> None:
        if name != self._current:
            self._current = self._delegate.open_frame = name
            self.frame_chosen.emit(name)

    def _note_missing(self, name: str) -> None:
        if name not in self._asked:
            self._missing[name] = None
            self._later.start()

    def _ask(self) -> None:
        missing, self._missing = self._missing, {}
        seen = self.list.viewport().rect()
        for name in missing:
            if self.list.visualRect(self.table.place(name)).intersects(seen):
                self._asked.add(name)
                self.thumbnail_wanted.emit(name)


class _Rows(QListView):
    """A list in which all rows are alike: one that changes is painted anew, and nothing else.

    Qt's own would measure all hundred thousand of them again, for each thumbnail that arrives.
    """

    def dataChanged(
        self, top_left: Index, bottom_right: Index, roles: Sequence[int] | None = None
    ) -> None:
        self.viewport().update()
