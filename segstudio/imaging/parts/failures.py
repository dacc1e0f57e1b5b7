"""How a file that cannot be read is told to people."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from segstudio.core.errors import SegStudioError
from segstudio.core.pixel_budget import REMEDY, why_too_large

FETCH_AGAIN = "Open it in another program to see whether it is whole, or fetch it again."


class SourceError(SegStudioError):
    """A picture file that cannot be read: which one, why, and what to do."""


@contextlib.contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into a SourceError that names the file."""
    try:
        yield
    except SegStudioError:
        raise
    except MemoryError as error:
        raise SourceError(
            path, "needs more memory than there is", "Close other pictures, or make it smaller."
        ) from error
    # Decoders fed with damaged bytes raise whatever they stumble over: OSError, SyntaxError,
    # struct.error, IndexError, zlib.error and more. To the reader all of them mean the same.
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(path, f"cannot be decoded ({reason})", FETCH_AGAIN) from error


def reading_failure(path: Path, error: OSError) -> SourceError:
    """What to tell where a file or folder cannot even be read."""
    if isinstance(error, FileNotFoundError):
        return SourceError(path, "does not exist", "Check its name and folder.")
    if path.is_dir():
        return SourceError(path, "is a folder and no picture", "Open it as a project instead.")
    reason = f"cannot be read ({error.strerror or error})"
    return SourceError(path, reason, "Check that you may read it.")


def check_size(path: Path, height: int, width: int, pixel_budget: int) -> None:
    """Refuse a frame of no pixels, or of more than the budget.

    Raises
    ------
    SourceError
        Naming the size and the way to a larger budget.
    """
    if height < 1 or width < 1:
        raise SourceError(path, f"states a size of {width} x {height} pixels", FETCH_AGAIN)
    if reason := why_too_large(height, width, pixel_budget):
        raise SourceError(path, reason, REMEDY)
