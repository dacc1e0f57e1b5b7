"""Which frames are listed, and in which order, against plain Python."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from segstudio.gui.arrangement_file import from_json, to_json
from segstudio.gui.panels.frame_order import Arrangement, FrameOrder, FrameRow, Sorting, natural_key
from segstudio.gui.panels.frame_table import FrameTableModel
from segstudio.project import FrameRecord, Status

NAMES = [f"Frame{number}" for number in range(12)]
few = st.sampled_from
records = st.builds(
    FrameRecord,
    few(Status),
    st.booleans(),
    few([None, "", "Fog", "frame9?"]),
    few([0.0, 1.0, 7.5]),
    few([None, 0.0, 0.25, 1.0]),
    few([None, 0, 3, 900]),
    few([None, frozenset(), frozenset({1}), frozenset({1, 2})]),
)
arrangements = st.builds(
    Arrangement,
    few(["", "1", "FRAME", "fog", "nothing"]),
    st.frozensets(few(Status)),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.integers(0, 3)),
    few(Sorting),
    st.booleans(),
)
changes = st.lists(st.tuples(few(NAMES), records))


def _admitted(wanted: Arrangement, row: FrameRow) -> bool:
    record = row.record
    text = (row.name + "\n" + (record.flag or "")).casefold()
    return (
        (not wanted.statuses or record.status in wanted.statuses)
        and (not wanted.flagged or record.flag is not None)
        and (not wanted.empty or record.empty)
        and (not wanted.classes or bool(wanted.classes & (record.classes or frozenset())))
        and wanted.search.casefold() in text
    )


def _value(sorting: Sorting, record: FrameRecord) -> float | None:
    """What is sorted by; None comes last whichever way the order is."""
    return {
        Sorting.NAME: 0,
        Sorting.STATUS: list(Status).index(record.status),
        Sorting.UNCERTAINTY: None if record.uncertainty is None else -record.uncertainty,
        Sorting.TIME: -record.seconds if record.seconds else None,
        Sorting.CORRECTED: -record.corrected if record.corrected else None,
        Sorting.FLAGGED: 0 if record.flag is not None else None,
    }[sorting]


def _reference(rows: dict[str, FrameRow], wanted: Arrangement) -> list[str]:
    names = sorted(
        (row.name for row in rows.values() if _admitted(wanted, row)),
        key=natural_key,
        reverse=wanted.reverse,
    )
    values = {name: _value(wanted.sorting, rows[name].record) for name in names}
    with_value = [name for name in names if values[name] is not None]
    with_value.sort(key=lambda n: -values[n] if wanted.reverse else values[n])
    return with_value + [name for name in names if values[name] is None]


@given(st.lists(records, min_size=12, max_size=12), arrangements, changes)
def test_one_change_at_a_time_is_the_same_as_sorting_all(first, wanted, later) -> None:
    rows = {n: FrameRow(n, record) for n, record in zip(NAMES, first, strict=True)}
    order = FrameOrder()
    order.set_rows(reversed(rows.values()))
    order.arrange(wanted)
    assert order.shown == _reference(rows, wanted)
    for name, record in later:
        rows[name] = FrameRow(name, record)
        after = order.place_after(rows[name])
        order.change(rows[name])
        assert order.shown == _reference(rows, wanted)
        assert order.place(name) == after
    shown = order.shown
    places = {name: place for place, name in enumerate(shown)}
    assert [order.place(name) for name in NAMES] == [places.get(name) for name in NAMES]


@given(st.lists(records, min_size=12, max_size=12), changes)
def test_the_tally_stays_right(first, later) -> None:
    rows = {n: FrameRow(n, record) for n, record in zip(NAMES, first, strict=True)}
    order = FrameOrder()
    order.set_rows(rows.values())
    for name, record in later:
        rows[name] = FrameRow(name, record)
        order.change(rows[name])
    now = [row.record for row in rows.values()]
    assert order.tally.frames == 12
    assert order.tally.statuses == Counter(record.status for record in now)
    assert order.tally.flagged == sum(record.flag is not None for record in now)
    assert order.tally.empty == sum(record.empty for record in now)
    assert order.tally.seconds == sum(record.seconds for record in now)
    held = Counter(class_id for record in now for class_id in record.classes or ())
    assert order.class_counts() == held


@given(st.lists(records, min_size=12, max_size=12), arrangements, changes)
def test_qt_hears_of_every_move(first, wanted, later) -> None:
    table = FrameTableModel()
    table.arrange(wanted)
    table.set_rows([FrameRow(n, r) for n, r in zip(NAMES, first, strict=True)])
    seen = list(table.shown)  # as a view keeps it, by what it is told
    table.modelReset.connect(lambda: seen.__setitem__(slice(None), table.shown))
    table.rowsRemoved.connect(lambda _p, at, _to: seen.pop(at))
    table.rowsInserted.connect(lambda _p, at, _to: seen.insert(at, table.shown[at]))
    table.rowsMoved.connect(lambda _p, at, _to, _q, to: seen.insert(to - (to > at), seen.pop(at)))
    for name, record in later:
        table.set_row(FrameRow(name, record))
        assert seen == table.shown


@given(arrangements)
def test_an_arrangement_comes_back_from_its_plain_values(wanted: Arrangement) -> None:
    assert from_json(to_json(wanted)) == wanted


@given(
    st.none()
    | st.integers()
    | st.dictionaries(
        few(["search", "statuses", "classes", "sorting", "empty"]),
        st.none() | st.integers() | st.text(max_size=3) | st.lists(st.text(max_size=3)),
    )
)
def test_settings_that_are_no_arrangement_do_no_harm(kept) -> None:
    assert isinstance(from_json(kept), Arrangement)
