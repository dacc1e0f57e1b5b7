"""Writing files that can never be torn."""

import os
import uuid
from pathlib import Path

from segstudio.core.errors import SegStudioError


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``: all of it, or the file stays as it was.

    Missing folders are made. The data goes to a unique file beside ``path``, reaches the disk,
    and only then takes its place.

    Raises
    ------
    SegStudioError
        Where the folder cannot be written or the disk is full; the message names the path.
    """
    # Not `tempfile`: its files are private to their owner, and shared folders hold label maps.
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise SegStudioError(
            path,
            f"cannot be written ({error.strerror or error})",
            "Choose a folder you may write to, with room left on its disk.",
        ) from error
