"""Where the model would label otherwise, region by region, to accept or to reject."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.differences import Difference
from segstudio.gui import theme
from segstudio.gui.differing import LEAST_AREA
from segstudio.gui.panels.review_rows import DifferenceDelegate, DifferenceRow
from segstudio.gui.review_state import Order, ReviewState, Stage
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index
from segstudio.gui.widgets.number_field import NumberField

_LARGEST_LEAST = 1_000_000


class ReviewPanel(QWidget):
    """Lists the differences; tells what is wanted, and changes no label."""

    order_chosen = Signal(object)
    """An ``Order``."""

    least_chosen = Signal(int)
    """Pixels of the smallest region that is listed."""

    region_chosen = Signal(int)
    """The place in the list of the region to look at."""

    accept_clicked = Signal()
    reject_clicked = Signal()
    accept_all_clicked = Signal()
    reject_all_clicked = Signal()

    take_back_clicked = Signal()
    """The prediction shall be undone, to be accepted in parts."""

    again_clicked = Signal()
    """What was rejected shall be listed again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Stage.UNPREDICTED
        self.table = _DifferenceTableModel(self)
        self.order = CalmComboBox()
        self.order.setAccessibleName("Order of the differences")
        self.order.addItems([order.value for order in Order])
        self.least = NumberField(1, _LARGEST_LEAST, 0, "px")
        self.least.setAccessibleName("Smallest difference")
        self.least.setToolTip("Smaller differences are not listed")
        self.least.setPrefix("≥ ")
        self.least.setFixedWidth(self.least.width_needed())
        self.least.setValue(LEAST_AREA)
        self.list = self._make_list()
        self.empty = EmptyState("compare", Stage.UNPREDICTED.value)
        self.accept = _button("Accept", "The model's class; it counts as yours from now on")
        self.accept.setProperty("role", "primary")
        self.reject = _button("Reject", "Keep the labels, and keep models from changing them")
        self.accept_all = _button("Accept all", "Accept all that are listed")
        self.reject_all = _button("Reject all", "Reject all that are listed")
        self._lay_out()
        self._connect()

    def show_state(self, state: ReviewState) -> None:
        """Show other differences, or why there are none, without telling anybody."""
        self._stage = state.stage
        self.table.show_state(state)
        self._mark(state.current)
        self.empty.set_sentence(state.stage.value)
        self.empty.button.setText(_REMEDIES.get(state.stage, ""))
        self.empty.button.setVisible(state.stage in _REMEDIES)
        self._pages.setCurrentIndex(int(state.stage is Stage.LISTED))
        for button in (self.accept, self.reject):
            button.setEnabled(state.current is not None)
        count = len(state.regions)
        self.accept_all.setText(f"Accept all {count:,}")
        self.reject_all.setText(f"Reject all {count:,}")

    def _make_list(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Differences")
        view.setModel(self.table)
        view.setItemDelegate(DifferenceDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        return view

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(theme.STEP)
        above.addWidget(self.order, 1)
        above.addWidget(self.least)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(*[theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addLayout(above)
        column.addWidget(self.list, 1)
        for pair in ((self.accept, self.reject), (self.accept_all, self.reject_all)):
            line = QHBoxLayout()
            line.setSpacing(theme.STEP)
            for button in pair:
                line.addWidget(button, 1)
            column.addLayout(line)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(listed)

    def _connect(self) -> None:
        orders = list(Order)
        self.order.currentIndexChanged.connect(lambda at: self.order_chosen.emit(orders[at]))
        self.least.valueChanged.connect(lambda value: self.least_chosen.emit(int(value)))
        self.list.selectionModel().selectionChanged.connect(self._chosen)
        self.accept.clicked.connect(self.accept_clicked)
        self.reject.clicked.connect(self.reject_clicked)
        self.accept_all.clicked.connect(self.accept_all_clicked)
        self.reject_all.clicked.connect(self.reject_all_clicked)
        self.empty.clicked.connect(self._remedy)

    def _remedy(self) -> None:
        wanted = self.take_back_clicked if self._stage is Stage.AGREED else self.again_clicked
        wanted.emit()

    def _mark(self, place: int | None) -> None:
        chooser = self.list.selectionModel()
        blocked = chooser.blockSignals(True)
        index = QModelIndex() if place is None else self.table.index(place)
        chooser.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        chooser.blockSignals(blocked)
        self.list.scrollTo(index)
        self.list.viewport().update()

    def _chosen(self) -> None:
        for index in self.list.selectionModel().selectedIndexes():
            self.region_chosen.emit(index.row())


_REMEDIES = {Stage.AGREED: "Take the prediction back", Stage.REVIEWED: "Review again"}


class _DifferenceTableModel(QAbstractListModel):
    """One row for each region."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = ReviewState()

    def show_state(self, state: ReviewState) -> None:
        """Other regions, in this order."""
        before, self._state = self._state, state
        if (before.regions, before.classes) != (state.regions, state.classes):
            self.beginResetModel()
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._state.regions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        region = self._state.regions[index.row()]
        words = self._state.words(region)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{words}, {region.area:,} px\n{_told(region)}"
        return DifferenceRow(self._state, region) if role == ROW_ROLE else None


def _told(region: Difference) -> str:
    """What else there is to know of a region."""
    sure = f"The model is {region.sureness:.0%} sure."
    return f"{sure} You have decided these pixels." if region.by_human else sure


def _button(text: str, tooltip: str) -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(tooltip)
    return made
