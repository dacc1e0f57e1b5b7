"""Reading label files whole, with failures that people understand."""

from pathlib import Path

from segstudio.core.errors import SegStudioError


def read_bytes(path: Path) -> bytes:
    """All of a file.

    Raises
    ------
    SegStudioError
        Where it is missing, is no file or may not be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SegStudioError(path, "does not exist", "Check its name and folder.") from error
    except OSError as error:
        raise SegStudioError(
            path, f"cannot be read ({error.strerror or error})", "Check that you may read it."
        ) from error
