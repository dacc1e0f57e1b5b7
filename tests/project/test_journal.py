"""The journal: whole records come back, torn ones are ignored, and a mark drops what was saved."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.errors import SegStudioError
from segstudio.core.history import Change, Move, TileState
from segstudio.core.label_map import LabelMap
from segstudio.project.journal import Journal, Record, read_journal

TILES = st.builds(
    TileState, st.integers(0, 1000), st.integers(0, 1000), st.binary(min_size=0, max_size=60)
)
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
RECORDS = st.builds(
    Record,
    st.just("frame"),
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)),
    st.lists(TILES, max_size=4).map(tuple),
    st.none()
    | st.builds(Change, st.integers(0, 2**60), st.sampled_from(Move), st.text(max_size=9)),
)


def _record(number: int, name: str = "frame") -> Record:
    return Record(name, (3, 4), (TileState(number, 0, bytes([number] * 20)),))


def _journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    return Journal(tmp_path_factory.mktemp("journal") / "files")


@given(st.lists(RECORDS, min_size=1, max_size=6), NAMES)
def test_records_come_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], name: str
) -> None:
    journal = _journal(tmp_path_factory)
    written = [Record(name[:60], record.shape, record.tiles, record.change) for record in records]
    for record in written:
        journal.append(record)
    journal.sync()
    (path,) = journal.files()
    assert path == journal.path(name[:60])
    reading = read_journal(path)
    assert reading.records == tuple(written)
    assert not reading.damaged


def test_names_too_long_for_a_file_are_kept_inside(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    journal = _journal(tmp_path_factory)
    for name in ("x" * 250, "x" * 249 + "y"):
        journal.append(_record(1, name))
    assert {read_journal(p).records[0].name for p in journal.files()} == {
        "x" * 250,
        "x" * 249 + "y",
    }


def test_a_torn_last_record_is_ignored_wherever_it_is_torn(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    journal = _journal(tmp_path_factory)
    for number in range(3):
        journal.append(_record(number))
    (path,) = journal.files()
    whole = path.read_bytes()
    last = len(_record(2).pack())
    for torn in range(1, last + 1):
        path.write_bytes(whole[:-torn])
        reading = read_journal(path)
        assert reading.records == (_record(0), _record(1))
        assert not reading.damaged


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_a_changed_bit_never_passes_for_strokes(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    journal = _journal(tmp_path_factory)
    for number in range(3):
        journal.append(_record(number))
    (path,) = journal.files()
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path.write_bytes(data)
    found = read_journal(path).records
    assert found == tuple(_record(number) for number in range(len(found)))
    assert len(found) < 3


def test_a_mark_drops_what_was_saved_and_keeps_what_came_later(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    journal = _journal(tmp_path_factory)
    path = journal.path("frame")
    journal.append(_record(0))
    first = journal.mark(path)
    journal.append(_record(1))
    second = journal.mark(path)
    journal.append(_record(2))
    journal.drop(path, first)
    assert read_journal(path).records == (_record(1), _record(2))
    journal.drop(path, first)  # a save that is late, and older
    assert read_journal(path).records == (_record(1), _record(2))
    journal.drop(path, second)
    assert read_journal(path).records == (_record(2),)
    journal.drop(path, journal.mark(path))
    assert not path.exists()
    journal.append(_record(3))
    journal.drop(path, second)
    assert read_journal(path).records == (_record(3),)
    journal.sync()


def test_a_full_disk_tears_no_record(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path_factory)
    journal.append(_record(0))
    real = os.write

    def full(handle: int, data: memoryview) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) - 10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(SegStudioError, match="No space left"):
            journal.append(_record(1))
    journal.append(_record(2))
    assert read_journal(journal.path("frame")).records == (_record(0), _record(2))


def test_a_disk_that_writes_in_pieces_is_no_trouble(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path_factory)
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
    journal.append(_record(1))
    assert read_journal(journal.path("frame")).records == (_record(1),)


def test_tiles_of_a_label_map_survive(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shape = (200, 300)
    label_map = LabelMap(rng.integers(0, 256, shape, np.uint8), rng.integers(0, 3, shape, np.uint8))
    journal = Journal(tmp_path)
    states = tuple(TileState.of(label_map, row, column) for row in (0, 1) for column in (0, 1, 2))
    journal.append(Record("a", shape, states))
    found = LabelMap.blank(shape)
    for state in read_journal(journal.path("a")).records[0].tiles:
        state.write_to(found)
    assert np.array_equal(found.ids, label_map.ids)
    assert np.array_equal(found.provenance, label_map.provenance)
