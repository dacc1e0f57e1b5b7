"""The frame list: what there is to label, and how far it is."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QActionGroup, QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.panels.frame_delegate import FrameDelegate
from segstudio.gui.panels.frame_table import (
    Arrangement,
    FrameRow,
    FrameTableModel,
    Showing,
    Sorting,
)
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.empty_state import EmptyState

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

    def set_entries(self, rows: Sequence[FrameRow]) -> None:
        """Show these frames."""
        self.table.set_rows(rows)
        self._asked &= {row.name for row in rows}
        self._refresh()

    def set_thumbnail(self, name: str, image: QImage) -> None:
        """The picture of a frame, about 128 pixels wide."""
        # Thumbnails are forgotten when they are many: it may have to be asked for again.
        self._asked.discard(name)
        self.table.set_thumbnail(name, image)

    def set_status(self, name: str, status: str) -> None:
        """Another status: unlabelled, predicted, edited or done."""
        self.table.set_status(name, status)
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
        self.search.clear()
        self.showing.setCurrentIndex(0)

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search frames")
        self.search.setAccessibleName("Search frames")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            theme.icon("magnify", "quiet"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.showing = CalmComboBox()
        self.showing.setAccessibleName("Frames shown")
        self.showing.addItems([choice.value for choice in Showing])
        self.sorting = _SortButton()
        self.list = self._make_list()
        self._no_frames = EmptyState(
            "image-multiple-outline", "No frames yet. Open a folder of pictures to begin."
        )
        self._no_match = EmptyState(
            "filter-off-outline", "No frame passes this search and filter.", "Show all frames"
        )
        self._count = ElidedLabel()
        self._count.setProperty("role", "quiet")
        self._lay_out()

    def _make_list(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Frames")
        view.setModel(self.table)
        self._delegate = FrameDelegate(self.table, view)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalScrollBar().setSingleStep(3 * theme.STEP)
        return view

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.STEP // 2)
        line.addWidget(self.showing, 1)
        line.addWidget(self.sorting)
        self._pages = QStackedLayout()
        for page in (self.list, self._no_frames, self._no_match):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addWidget(self.search)
        column.addLayout(line)
        column.addLayout(self._pages, 1)
        column.addWidget(self._count)

    def _connect(self) -> None:
        self.search.textChanged.connect(
            lambda text: self._arrange(replace(self.table.arrangement, search=text.strip()))
        )
        self.showing.currentIndexChanged.connect(
            lambda place: self._arrange(
                replace(self.table.arrangement, showing=list(Showing)[place])
            )
        )
        self.sorting.chosen.connect(
            lambda sorting: self._arrange(replace(self.table.arrangement, sorting=sorting))
        )
        self._no_match.clicked.connect(self.show_all)
        self._delegate.thumbnail_missing.connect(self._note_missing)
        self.table.modelReset.connect(self._mark_current)
        self.list.selectionModel().selectionChanged.connect(self._chosen)

    def _arrange(self, arrangement: Arrangement) -> None:
        self.table.arrange(arrangement)
        self._refresh()
        self.list.scrollTo(self.table.place(self._current))

    def _refresh(self) -> None:
        rows, shown = self.table.rows, self.table.rowCount()
        done = sum(row.status == "done" for row in rows)
        filtered = f" · {shown} shown" if shown != len(rows) else ""
        self._count.setText(f"{done} of {len(rows)} done{filtered}" if rows else "")
        page = self.list if shown else self._no_match if rows else self._no_frames
        self._pages.setCurrentWidget(page)
        for control in (self.search, self.showing, self.sorting):
            control.setEnabled(bool(rows))

    def _mark_current(self) -> None:
        place, chooser = self.table.place(self._current), self.list.selectionModel()
        blocked = chooser.blockSignals(True)
        chooser.setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        chooser.blockSignals(blocked)
        self.list.viewport().update()

    def _chosen(self) -> None:
        for index in self.list.selectionModel().selectedIndexes():
            name = self.table.shown[index.row()]
            if name != self._current:
                self._current = name
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


class _SortButton(QToolButton):
    """A small button with the orders in its menu."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setIcon(theme.icon("sort"))
        self.setIconSize(theme.PANEL_ICON)
        self.setToolTip("Sort the list")
        self.setAccessibleName("Sort the list")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        group = QActionGroup(menu)
        for sorting in Sorting:
            entry = group.addAction(sorting.value)
            entry.setCheckable(True)
            entry.setChecked(sorting is Sorting.NAME)
            entry.setData(sorting)
        menu.addActions(group.actions())
        group.triggered.connect(lambda entry: self.chosen.emit(entry.data()))
        self.setMenu(menu)
