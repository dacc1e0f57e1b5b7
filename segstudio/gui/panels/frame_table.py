"""The frames of a project as a Qt table model: sorted, filtered, with thumbnails on demand."""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage, QPixmap

from segstudio.gui.widgets.list_rows import ROW_ROLE, Index

# 512 thumbnails of 128 pixels are about 30 MB; those of all frames of a long video were gigabytes.
_KEPT_THUMBNAILS = 512


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame as the list shows it.

    ``status`` is unlabelled, predicted, edited or done; ``detail`` a short remark such as the
    uncertainty, or empty.
    """

    name: str
    status: str = "unlabelled"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: its word, its icon, and the role of its colour in the theme."""

    label: str
    icon: str
    role: str


STATUSES = {
    "unlabelled": StatusLook("Unlabelled", "circle-outline", "quiet"),
    "predicted": StatusLook("Predicted", "auto-fix", "info"),
    "edited": StatusLook("Edited", "pencil", "caution"),
    "done": StatusLook("Done", "check-circle", "good"),
}
"""In the order of the work."""


class Sorting(Enum):
    """Orders of the list."""

    NAME = "By name"
    STATUS = "By status"


class Showing(Enum):
    """Which frames the list shows."""

    ALL = "All frames"
    UNLABELLED = "Unlabelled"
    NOT_DONE = "Not done"
    DONE = "Done"

    def admits(self, row: FrameRow) -> bool:
        """Whether a frame belongs to this choice."""
        return _ADMITS[self](row.status)


_ADMITS: dict[Showing, Callable[[str], bool]] = {
    Showing.ALL: lambda _status: True,
    Showing.UNLABELLED: lambda status: status == "unlabelled",
    Showing.NOT_DONE: lambda status: status != "done",
    Showing.DONE: lambda status: status == "done",
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the list shows, and how."""

    search: str = ""
    showing: Showing = Showing.ALL
    sorting: Sorting = Sorting.NAME

    @property
    def heeds_status(self) -> bool:
        """Whether a status may move or hide a frame."""
        return self.showing is not Showing.ALL or self.sorting is Sorting.STATUS


class FrameTableModel(QAbstractListModel):
    """Rows of frames. Thumbnails come from outside; those not looked at for long are let go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, FrameRow] = {}
        self._shown: list[str] = []
        self._places: dict[str, int] = {}
        self._arrangement = Arrangement()
        self._thumbnails: OrderedDict[str, QPixmap] = OrderedDict()

    @property
    def arrangement(self) -> Arrangement:
        return self._arrangement

    @property
    def rows(self) -> Sequence[FrameRow]:
        """All frames, by name."""
        return list(self._rows.values())

    @property
    def shown(self) -> list[str]:
        """Names of the frames that are listed, in order."""
        return list(self._shown)

    def set_rows(self, rows: Sequence[FrameRow]) -> None:
        """Other frames; thumbnails of names that stay are kept."""
        ordered = sorted(rows, key=lambda row: natural_key(row.name))
        self._rows = {row.name: row for row in ordered}
        for name in [name for name in self._thumbnails if name not in self._rows]:
            del self._thumbnails[name]
        self._show(self._arranged())

    def set_status(self, name: str, status: str) -> None:
        """Another status for one frame, which may move or hide it."""
        self._rows[name] = replace(self._rows[name], status=status)
        if self._arrangement.heeds_status:
            self._show(self._arranged())
        self._touch(name)

    def arrange(self, arrangement: Arrangement) -> None:
        """Sort and filter differently."""
        self._arrangement = arrangement
        self._show(self._arranged())

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
        place = self._places.get(name)
        return QModelIndex() if place is None else self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = (row.name, STATUSES[row.status].label, row.detail)
            return "\n".join(filter(None, words))
        return row if role == ROW_ROLE else None

    def _arranged(self) -> list[str]:
        wanted, search = self._arrangement, self._arrangement.search.casefold()
        found = [
            row
            for row in self._rows.values()
            if wanted.showing.admits(row) and search in row.name.casefold()
        ]
        if wanted.sorting is Sorting.STATUS:
            order = list(STATUSES)
            found.sort(key=lambda row: order.index(row.status))
        return [row.name for row in found]

    def _show(self, names: list[str]) -> None:
        if names == self._shown:
            return
        self.beginResetModel()
        self._shown = names
        self._places = {name: place for place, name in enumerate(names)}
        self.endResetModel()

    def _touch(self, name: str) -> None:
        place = self.place(name)
        if place.isValid():
            self.dataChanged.emit(place, place)


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Key that sorts ``frame2`` before ``frame10``."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
