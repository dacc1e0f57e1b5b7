"""Writing files that can never be torn."""

import contextlib
import errno
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from segstudio.core.errors import SegStudioError

_REMEDIES = {
    errno.ENOSPC: "Free some room on that disk and try again.",
    errno.EDQUOT: "Free some room in your quota and try again.",
    errno.EISDIR: "Move that folder away or choose another name.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}
_TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.tmp")
_OTHERWISE = "Choose a folder that you may write to."


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``: all of it, or the file stays as it was.

    Missing folders are made. The data goes to a unique file beside ``path``, reaches the disk,
    and only then takes its place.

    Raises
    ------
    SegStudioError
        Where the folder cannot be written or the disk is full; the message names the path.
    """
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write several files that belong together; each is never torn.

    All data reaches the disk before the first file takes its place, so that a full disk changes
    none of them, and a crash finds them of different age only within the moment that the renames
    take. They take their places in the given order.

    Raises
    ------
    SegStudioError
        As :func:`write_bytes`.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            with _explained(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                # Not `tempfile`: its files are private to their owner, and shared folders hold
                # label maps.
                temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
                ready.append((temporary, path))
                _write_through(temporary, data)
        for temporary, path in ready:
            with _explained(path):
                temporary.replace(path)
    finally:
        for temporary, _ in ready:
            with contextlib.suppress(OSError):  # a leftover must not hide what went wrong
                temporary.unlink(missing_ok=True)
    for folder in {path.parent for path in files}:
        _sync_folder(folder)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of writers that were killed; nobody may be writing there now."""
    with contextlib.suppress(OSError):  # harmless, but for the room they take
        for path in folder.glob(".*.tmp"):
            if _TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)


def make_folder(path: Path) -> Path:
    """The folder, made with its parents where it is missing.

    Raises
    ------
    SegStudioError
        Where it cannot be made.
    """
    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def write_failure(path: Path, error: OSError) -> SegStudioError:
    """What to tell a person when ``path`` could not be written."""
    reason = f"cannot be written ({error.strerror or error})"
    remedy = _REMEDIES.get(error.errno or 0, _OTHERWISE)
    if path.is_dir():
        remedy = _REMEDIES[errno.EISDIR]  # Windows says "permission denied" instead
    return SegStudioError(path, reason, remedy)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_failure(path, error) from error


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the renames last through a power cut, where the system knows how."""
    if os.name != "posix":
        return
    # Some network file systems refuse to sync a folder; the files themselves are safe already.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
