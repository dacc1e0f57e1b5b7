"""Atomic writing: all or nothing, and a failure that says what to do."""

import errno
import os
import sys
from pathlib import Path

import pytest

from segstudio.core import atomic
from segstudio.core.errors import SegStudioError


def _leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_writes_replaces_and_makes_folders(tmp_path: Path) -> None:
    path = tmp_path / "größe" / "标签.bin"
    atomic.write_bytes(path, b"old")
    atomic.write_bytes(path, b"new and longer")
    assert path.read_bytes() == b"new and longer"
    assert _leftovers(path.parent) == ["标签.bin"]


def test_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    atomic.write_bytes(path, b"old")
    monkeypatch.setattr(os, "fsync", _full_disk)
    with pytest.raises(SegStudioError, match=r"a\.bin: cannot be written .*Free some room"):
        atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert _leftovers(tmp_path) == ["a.bin"]


def test_an_interrupt_leaves_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic.write_bytes(tmp_path / "a.bin", b"new")
    assert _leftovers(tmp_path) == []


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(SegStudioError, match=r"a\.bin.*Move that folder away"):
        atomic.write_bytes(tmp_path / "a.bin", b"x")
    assert _leftovers(tmp_path) == ["a.bin"]


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SegStudioError, match="cannot be written"):
        atomic.write_bytes(tmp_path / "file" / "a.bin", b"x")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_forbidden_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SegStudioError, match="Choose a folder that you may write to"):
        atomic.write_bytes(tmp_path / "a.bin", b"x")


def test_together_is_none_or_all_when_the_disk_fills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    atomic.write_together({first: b"a", second: b"b"})
    synced = iter([None])

    def full_at_the_second(handle: int) -> None:
        if next(synced, "full") == "full":
            _full_disk()

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(SegStudioError, match="2: cannot be written"):
        atomic.write_together({first: b"A", second: b"B"})
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"b")
    assert _leftovers(tmp_path) == ["1", "2"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_files_get_the_permissions_that_the_umask_grants(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        atomic.write_bytes(tmp_path / "a.bin", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o644


def test_making_a_folder_over_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SegStudioError, match="cannot be written"):
        atomic.make_folder(tmp_path / "file")
    assert atomic.make_folder(tmp_path / "a" / "b").is_dir()


def test_leftovers_of_killed_writers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".0123456789abcdef0123456789abcdef.tmp", ".notes.tmp", "mine.tmp", "a.png"):
        (tmp_path / name).write_bytes(b"x")
    atomic.remove_leftovers(tmp_path)
    assert _leftovers(tmp_path) == [".notes.tmp", "a.png", "mine.tmp"]
    atomic.remove_leftovers(tmp_path / "missing")
