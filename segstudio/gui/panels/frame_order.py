"""Which frames are listed, and in which order: plain Python, quick for a hundred thousand.

One frame that changes is moved by a binary search; only another search, filter or sorting goes
through all of them.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from segstudio.project import FrameRecord, Status

_NUMBERS = re.compile(r"(\d+)")
_ORDER = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame as the list shows it: its name, and what is known of it."""

    name: str
    record: FrameRecord = field(default_factory=FrameRecord)


class Sorting(Enum):
    """Orders of the list; frames that are alike follow each other by name."""

    NAME = "By name"
    STATUS = "By status"
    UNCERTAINTY = "Most uncertain first"
    TIME = "Most time first"
    CORRECTED = "Most corrected first"
    FLAGGED = "Flagged first"

    @property
    def value_of(self) -> Callable[[FrameRecord], float]:
        """What frames are sorted by, upwards; those that have nothing to be sorted by come last."""
        return _VALUES[self]


_LAST = float("inf")
_VALUES: dict[Sorting, Callable[[FrameRecord], float]] = {
    Sorting.NAME: lambda _record: 0.0,
    Sorting.STATUS: lambda record: _ORDER[record.status],
    Sorting.UNCERTAINTY: lambda record: (
        _LAST if record.uncertainty is None else -record.uncertainty
    ),
    Sorting.TIME: lambda record: -record.seconds or _LAST,
    Sorting.CORRECTED: lambda record: -(record.corrected or 0) or _LAST,
    Sorting.FLAGGED: lambda record: _LAST if record.flag is None else 0.0,
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the list shows, and how.

    Attributes
    ----------
    search
        Part of a name, or of a flag's comment; upper and lower case are the same.
    statuses
        The frames of these; none means all.
    flagged, empty
        Only frames that are flagged, or marked as empty.
    classes
        Only frames that hold one of these ids; none means all.
    reverse
        Turn the order round; frames that have nothing to be sorted by stay last.
    """

    search: str = ""
    statuses: frozenset[Status] = frozenset()
    flagged: bool = False
    empty: bool = False
    classes: frozenset[int] = frozenset()
    sorting: Sorting = Sorting.NAME
    reverse: bool = False

    @property
    def filters(self) -> bool:
        """Whether a filter, other than the search, hides frames."""
        return bool(self.statuses or self.flagged or self.empty or self.classes)

    def tests(self) -> list[Callable[[FrameRow], bool]]:
        """What a frame must pass to be shown: as few tests as there are."""
        tests: list[Callable[[FrameRow], bool]] = []
        if self.statuses:
            tests.append(lambda row: row.record.status in self.statuses)
        if self.flagged:
            tests.append(lambda row: row.record.flag is not None)
        if self.empty:
            tests.append(lambda row: row.record.empty)
        if self.classes:
            tests.append(lambda row: not self.classes.isdisjoint(row.record.classes or ()))
        if self.search:
            part = self.search.casefold()
            tests.append(
                lambda row: (
                    part in row.name.casefold() or part in (row.record.flag or "").casefold()
                )
            )
        return tests


class FrameOrder:
    """All frames, and those of them that an arrangement lists."""

    def __init__(self) -> None:
        self.rows: dict[str, FrameRow] = {}
        """In natural order of their names."""
        self.shown: list[str] = []
        """Names of the frames that are listed, in order."""
        self.arrangement = Arrangement()
        self.tally = Tally()
        self._ranks: dict[str, int] = {}
        self._tests: list[Callable[[FrameRow], bool]] = []

    def set_rows(self, rows: Iterable[FrameRow]) -> None:
        """Other frames."""
        ordered = sorted(rows, key=lambda row: natural_key(row.name))
        self.rows = {row.name: row for row in ordered}
        self._ranks = {name: rank for rank, name in enumerate(self.rows)}
        self.tally = Tally()
        for row in ordered:
            self.tally.count(row.record)
        self.arrange(self.arrangement)

    def arrange(self, arrangement: Arrangement) -> None:
        """Search, filter and sort differently."""
        self.arrangement, self._tests = arrangement, arrangement.tests()
        found = list(self.rows.values())
        if arrangement.reverse:
            found.reverse()
        for test in self._tests:
            found = [row for row in found if test(row)]
        if arrangement.sorting is not Sorting.NAME:
            value = self._value
            found.sort(key=lambda row: value(row.record))
        self.shown = [row.name for row in found]

    def place(self, name: str) -> int | None:
        """Where a frame is listed."""
        row = self.rows.get(name)
        return self._find(row) if row is not None and self._admits(row) else None

    def place_after(self, row: FrameRow) -> int | None:
        """Where a frame would be listed if it became this."""
        if not self._admits(row):
            return None
        place, before = self._find(row), self.place(row.name)
        return place - 1 if before is not None and before < place else place

    def class_counts(self) -> Counter[int]:
        """In how many frames each class occurs."""
        kinds = Counter(row.record.classes or frozenset() for row in self.rows.values())
        counts: Counter[int] = Counter()
        for classes, frames in kinds.items():  # of thousands of frames, few differ in that
            counts.update(dict.fromkeys(classes, frames))
        return counts

    def change(self, row: FrameRow) -> None:
        """Replace a frame of the same name; it goes where :meth:`place_after` said."""
        before, after = self.place(row.name), self.place_after(row)
        self.tally.count(self.rows[row.name].record, -1)
        self.tally.count(row.record)
        self.rows[row.name] = row
        if before is not None:
            del self.shown[before]
        if after is not None:
            self.shown.insert(after, row.name)

    def _admits(self, row: FrameRow) -> bool:
        return all(test(row) for test in self._tests)

    def _find(self, row: FrameRow) -> int:
        return bisect_left(self.shown, self._key(row), key=lambda name: self._key(self.rows[name]))

    def _key(self, row: FrameRow) -> tuple[float, int]:
        rank = self._ranks[row.name]
        return self._value(row.record), -rank if self.arrangement.reverse else rank

    def _value(self, record: FrameRecord) -> float:
        value = self.arrangement.sorting.value_of(record)
        return -value if self.arrangement.reverse and value != _LAST else value


@dataclass(slots=True)
class Tally:
    """How many frames there are of each kind, and the seconds they took; kept up one by one."""

    statuses: Counter[Status] = field(default_factory=Counter)
    flagged: int = 0
    empty: int = 0
    seconds: float = 0.0

    @property
    def frames(self) -> int:
        return self.statuses.total()

    def count(self, record: FrameRecord, times: int = 1) -> None:
        """Count a frame, or with -1 count it no more."""
        self.statuses[record.status] += times
        self.flagged += times * (record.flag is not None)
        self.empty += times * record.empty
        self.seconds += times * record.seconds


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Key that sorts ``frame2`` before ``frame10``."""
    parts = _NUMBERS.split(name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
