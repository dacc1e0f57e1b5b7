"""Journal records over saved labels, so that what a crash has left can be undone, too.

A record holds how tiles were after a change and which change that was; how they were before stands
in the label map that the records before it have made.
"""

from collections.abc import Callable
from functools import cache

from segstudio.core.history import History, Line, Move, Step, TileState, write_states
from segstudio.core.label_map import LabelMap
from segstudio.project.history_file import Mark, fingerprint
from segstudio.project.history_store import HistoryStore
from segstudio.project.journal import Record


def replay(
    store: HistoryStore, name: str, label_map: LabelMap, records: tuple[Record, ...]
) -> tuple[History, bool]:
    """Put records into a label map; gives the history that leads there.

    Parameters
    ----------
    label_map
        As the label files hold it; it is changed.
    records
        All of this size, in the order of the journal.

    Returns
    -------
    The history, and whether a saved one was found not to belong to these labels. The history then
    has the steps of the records alone.

    Raises
    ------
    ValueError, zlib.error
        Where a tile lies outside the label map or is damaged.
    """
    line = store.find(name, _belongs(label_map, records))
    history = History(store.frame_budget, line)
    for record in records:
        if line is not None and 0 < _serial(record) <= line.serial:
            write_states(label_map, record.tiles)  # the history knows it already
        else:
            history = _gone_on(history, label_map, record)
    told = any(record.change is not None for record in records)  # else nobody could know
    return history, line is None and told


def _belongs(label_map: LabelMap, records: tuple[Record, ...]) -> Callable[[Mark], bool]:
    """Whether a mark belongs to the labels with those records over them that it knows."""

    @cache
    def print_of(count: int) -> bytes:
        then = label_map.copy()
        for record in records[:count]:
            write_states(then, record.tiles)
        return fingerprint(then)

    def belongs(mark: Mark) -> bool:
        known = sum(1 for record in records if 0 < _serial(record) <= mark.serial)
        return print_of(known) == mark.fingerprint

    return belongs


def _serial(record: Record) -> int:
    return record.change.serial if record.change is not None else 0


def _gone_on(history: History, label_map: LabelMap, record: Record) -> History:
    """The history after one more change, which is put into the label map."""
    change = record.change
    before = tuple(TileState.of(label_map, tile.row, tile.column) for tile in record.tiles)
    write_states(label_map, record.tiles)
    if change is None or change.serial != history.change.serial + 1:
        # Something is missing in between: older steps do not fit to what follows.
        serial = _serial(record) or history.change.serial + 1
        history = History(history.byte_budget, Line(serial=serial - 1))
    if change is None or change.move in (Move.DID, Move.JOINED):
        name = change.name if change is not None else "Recovered stroke"
        joins = change is not None and change.move is Move.JOINED
        history.put(Step(name, before, record.tiles), joins=joins)
        return history
    if change.move is Move.UNDID:
        step = history.take_undo()
        expected = step.before if step is not None else ()
    else:
        step = history.take_redo()
        expected = step.after if step is not None else ()
    fits = expected == record.tiles
    return history if fits else History(history.byte_budget, Line(serial=change.serial))
