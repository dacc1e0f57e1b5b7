"""Strokes that are in the journal only -> label files."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap
from segstudio.project.history_store import HistoryStore, stale
from segstudio.project.journal import Journal, Record, read_journal
from segstudio.project.labels import LabelStore
from segstudio.project.layout import is_plain_name
from segstudio.project.replay import replay


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of one journal file.

    Attributes
    ----------
    name
        The frame whose strokes were put into its label files; empty where there were none.
    notice
        What the user must know: what was set aside, where, and why. Empty where all is well.
    """

    name: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Recoverer:
    """Puts journal files over the saved label maps, and their changes into the histories.

    Attributes
    ----------
    set_aside
        Folder for journal files whose strokes do not fit: they are never thrown away.
    classes
        Colours of the label files' palette.
    shape_of
        Height and width of a frame's picture, or None where it cannot be read.
    """

    journal: Journal
    store: LabelStore
    histories: HistoryStore
    set_aside: Path
    classes: ClassTable
    shape_of: Callable[[str], tuple[int, int] | None]

    def recover_all(self) -> list[Recovery]:
        """Empty the journal."""
        return [self._recover(path) for path in self.journal.files()]

    def _recover(self, path: Path) -> Recovery:
        try:
            mark = self.journal.mark(path)
            reading = read_journal(path)
            name, why_not, notice = "", "it is damaged" if reading.damaged else "", ""
            if reading.records:
                name, why_not, notice = self._apply(reading.records, why_not)
        except (SegStudioError, OSError, ValueError, zlib.error) as error:
            return Recovery(notice=self._put_aside(path, str(error)))
        if why_not:
            return Recovery(name, self._put_aside(path, why_not))
        self.journal.drop(path, mark)
        return Recovery(name, notice)

    def _apply(self, records: tuple[Record, ...], why_not: str) -> tuple[str, str, str]:
        """The frame that was saved, why not all records are in it, and what else to tell."""
        name = records[0].name
        if not is_plain_name(name):
            return "", f"{name!r} is no name of a frame", ""
        label_map = self.store.read(name)
        if label_map is None:
            label_map = LabelMap.blank(self.shape_of(name) or records[0].shape)
        fitting = tuple(record for record in records if record.shape == label_map.shape)
        if len(fitting) < len(records):
            why_not = f"the picture of {name} had another size"
        if not fitting:
            return "", why_not, ""
        history, foreign = replay(self.histories, name, label_map, fitting)
        notice = stale(name) if foreign else ""
        try:
            self.histories.save(name, history.line, label_map)
        except SegStudioError as error:  # the labels are worth more
            notice = str(error)
        self.store.save(name, label_map, self.classes)
        return name, why_not, notice

    def _put_aside(self, path: Path, why: str) -> str:
        """Take a journal file out of the way; gives what to tell the user."""
        target, count = self.set_aside / path.name, 2
        while target.exists():
            target = self.set_aside / f"{path.stem}-{count}{path.suffix}"
            count += 1
        try:
            self.journal.move(path, target)
        except SegStudioError as error:
            return str(error)
        return f"Strokes that could not all be put into their frame are kept in {target}: {why}"
