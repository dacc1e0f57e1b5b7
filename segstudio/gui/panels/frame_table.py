"""The frames of a project as a Qt table model: sorted, filtered, with thumbnails on demand."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage, QPixmap

from segstudio.gui.panels.frame_order import Arrangement, FrameOrder, FrameRow, Tally
from segstudio.gui.panels.frame_words import sentences, tooltip
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index

# 512 thumbnails of 128 pixels are about 30 MB; those of all frames of a long video were gigabytes.
_KEPT_THUMBNAILS = 512


class FrameTableModel(QAbstractListModel):
    """Rows of frames. Thumbnails come from outside; those not looked at for long are let go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order = FrameOrder()
        self._thumbnails: OrderedDict[str, QPixmap] = OrderedDict()

    @property
    def arrangement(self) -> Arrangement:
        return self._order.arrangement

    @property
    def tally(self) -> Tally:
        return self._order.tally

    def class_counts(self) -> Counter[int]:
        """In how many frames each class occurs."""
        return self._order.class_counts()

    @property
    def rows(self) -> list[FrameRow]:
        """All frames, by name."""
        return list(self._order.rows.values())

    @property
    def shown(self) -> list[str]:
        """Names of the frames that are listed, in order."""
        return list(self._order.shown)

    def set_rows(self, rows: Iterable[FrameRow]) -> None:
        """Other frames; thumbnails of names that stay are kept."""
        self.beginResetModel()
        self._order.set_rows(rows)
        for name in [name for name in self._thumbnails if name not in self._order.rows]:
            del self._thumbnails[name]
        self.endResetModel()

    def set_row(self, row: FrameRow) -> None:
        """What is known of a frame now, which may move or hide it; unknown names are ignored."""
        if row.name not in self._order.rows:
            return
        before, after = self._order.place(row.name), self._order.place_after(row)
        with self._moving(before, after):
            self._order.change(row)
        self._touch(row.name)

    def arrange(self, arrangement: Arrangement) -> None:
        """Search, sort and filter differently."""
        before = self._order.shown
        self._order.arrange(arrangement)
        if self._order.shown != before:  # else what is chosen stays chosen
            self.beginResetModel()
            self.endResetModel()

    def set_thumbnail(self, name: str, image: QImage) -> None:
        """The picture of a frame, small."""
        self._thumbnails[name] = QPixmap.fromImage(image)
        while len(self._thumbnails) > _KEPT_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        self._touch(name)

    def thumbnail(self, name: str) -> QPixmap | None:
        """The picture of a frame where it is there; it is kept longer for being asked for."""
        if name in self._thumbnails:
            self._thumbnails.move_to_end(name)
        return self._thumbnails.get(name)

    def place(self, name: str) -> QModelIndex:
        """Where a frame is listed; invalid where it is not."""
        place = self._order.place(name)
        return QModelIndex() if place is None else self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._order.rows[self._order.shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return "\n".join(sentences(row))
        return row if role == ROW_ROLE else None

    @contextmanager
    def _moving(self, before: int | None, after: int | None) -> Iterator[None]:
        """Tell Qt that a row moves, comes or goes inside the block."""
        root, told = QModelIndex(), None
        if before is not None and after is None:
            self.beginRemoveRows(root, before, before)
            told = self.endRemoveRows
        elif before is None and after is not None:
            self.beginInsertRows(root, after, after)
            told = self.endInsertRows
        elif before is not None and after is not None and before != after:
            # Qt counts the target before the row is taken out.
            self.beginMoveRows(root, before, before, root, after + (after > before))
            told = self.endMoveRows
        yield
        if told is not None:
            told()

    def _touch(self, name: str) -> None:
        place = self.place(name)
        if place.isValid():
            self.dataChanged.emit(place, place)
