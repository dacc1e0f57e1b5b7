"""New ids for all label files at once: all of them or none, see :mod:`.staging`.

The histories of the frames get the new ids, too: what a step brings back holds no id that the class
table knows no more, and undo goes on as if the ids had always been these.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.history import Line, Step, TileState
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.progress import Progress
from segstudio.project.history_file import fingerprint
from segstudio.project.history_store import HistoryStore
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout
from segstudio.project.remap_record import RemapNote, RemapRecord
from segstudio.project.staging import Staging


@dataclass(frozen=True, slots=True)
class Remapper:
    """Gives every pixel of every label file the id that ``lookup`` (256 uint8) holds for its own.

    Pixels that lose their class to void are nobody's from then on, so that a model may decide
    them.

    Attributes
    ----------
    note
        What the remapping is, to take it back by; None keeps nothing to take back.
    """

    layout: Layout
    store: LabelStore
    histories: HistoryStore
    classes: ClassTable
    lookup: NDArray[np.uint8]
    note: RemapNote | None = None

    def run(self) -> Iterator[Progress]:
        """The payload of each progress is the name of a frame that changes, or None.

        Raises
        ------
        SegStudioError
            Where a file is damaged or cannot be written; then no file has changed.
        """
        names = sorted(self.store.stamps())
        prints: dict[str, bytes] = {}
        with Staging(self.layout) as staging:
            for done, name in enumerate(names):
                changed = self._stage(staging, name, prints)
                yield Progress(done + 1, len(names), name, name if changed else None)
            if self.note is not None:
                self._describe(staging, RemapRecord(self.note, prints))
            staging.install()
        self.histories.reread()

    def _stage(self, staging: Staging, name: str, prints: dict[str, bytes]) -> bool:
        """One frame; says whether any pixel changes."""
        label_map = self.store.read(name)
        if label_map is None:
            return False
        line = self.histories.load(name, label_map) or Line()
        provenance = self._provenance_before(name, label_map)
        changed = _remap(label_map.ids, label_map.provenance, self.lookup)
        line_now = _Translation(self.lookup).line(line)
        if not changed and line_now == line:
            return False
        prints[name] = fingerprint(label_map)
        if line.steps:
            history = self.histories.path(name)
            self._replace(staging, history, self.histories.packed(line_now, label_map))
        if changed:
            for path, data in self.store.encode(name, label_map, self.classes).items():
                self._replace(staging, path, data, provenance)
        return changed

    def _provenance_before(self, name: str, label_map: LabelMap) -> bytes:
        """The file to put back where there is none, since labels came from elsewhere."""
        path = self.store.provenance_path(name)
        if path.exists() or self.note is None:
            return b""
        return self.store.encode(name, label_map, self.classes)[path]

    def _replace(self, staging: Staging, path: Path, data: bytes, otherwise: bytes = b"") -> None:
        """Stage a file; ``otherwise`` is kept of it where there is none yet."""
        staging.put(path, data)
        if self.note is not None:
            staging.keep(path, path.read_bytes() if path.exists() else otherwise)

    def _describe(self, staging: Staging, record: RemapRecord) -> None:
        if staging.kept_bytes > self.histories.budget:
            staging.keep_nothing()
        else:
            record.save(staging)


class _Translation:
    """The steps of a history with other ids."""

    def __init__(self, lookup: NDArray[np.uint8]) -> None:
        self._lookup = lookup
        self._packed: dict[bytes, bytes] = {}

    def line(self, line: Line) -> Line:
        """The same history; steps that change nothing any more are left out."""
        steps = [self._step(step) for step in line.steps]
        done = sum(1 for step in steps[: line.done] if step.after)
        return Line(tuple(step for step in steps if step.after), done, line.serial)

    def _step(self, step: Step) -> Step:
        before = {(s.row, s.column): self._state(s) for s in step.before}
        after = {(s.row, s.column): self._state(s) for s in step.after}
        kept = [tile for tile in after if before[tile] != after[tile]]
        return replace(
            step, before=tuple(before[t] for t in kept), after=tuple(after[t] for t in kept)
        )

    def _state(self, state: TileState) -> TileState:
        if state.packed not in self._packed:
            raw = np.frombuffer(zlib.decompress(state.packed), np.uint8).copy()
            ids, provenance = raw.reshape(2, -1)
            changed = _remap(ids, provenance, self._lookup)
            packed = TileState.pack((0, 0), raw.tobytes()).packed if changed else state.packed
            self._packed[state.packed] = packed
        return TileState(state.row, state.column, self._packed[state.packed])


def take_back(
    layout: Layout, store: LabelStore, histories: HistoryStore, record: RemapRecord
) -> Iterator[Progress]:
    """Put back what a remapping has replaced: the very bytes of all files, or of none.

    Raises
    ------
    OutdatedError
        Where labels were changed since.
    SegStudioError
        Where a file cannot be read or written; in both cases nothing has changed.
    """
    with Staging(layout) as staging:
        for done, name in enumerate(record.prints):
            record.check(name, store.read(name))
            for target in (histories.path(name), store.provenance_path(name), store.path(name)):
                kept = layout.remap_undo / target.parent.name / target.name
                if kept.exists():
                    staging.put(target, kept.read_bytes())
            yield Progress(done + 1, len(record.prints), name, name)
        staging.install()
    histories.reread()


def _remap(ids: Ids, provenance: Ids, lookup: NDArray[np.uint8]) -> bool:
    """Change pixels in place; says whether any did change."""
    new = lookup[ids]
    changed = new != ids
    provenance[changed & (new == VOID)] = Provenance.NOBODY
    ids[...] = new
    return bool(changed.any())
