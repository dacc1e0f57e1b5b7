"""Opening a file of any known kind: what it is, its content says and not its name."""

from pathlib import Path

from segstudio.core.pixel_budget import pixel_budget as limit
from segstudio.imaging.parts.failures import SourceError, reading_failure
from segstudio.imaging.parts.spec import Preview, ReaderSpec, Source, Thumbnail, registry

_HEAD = 16


def open_source(path: Path, pixel_budget: int | None = None) -> Source:
    """The source in a file. Its header is checked now, its pixels when a frame is asked for.

    Parameters
    ----------
    path
        Any path; the ending of its name plays no part.
    pixel_budget
        Largest number of pixels of one frame; None takes the user's, or 400 million.

    Raises
    ------
    SourceError
        Where the file is missing, unreadable, empty, of no known kind, damaged or too large; the
        message names the file, the reason and the remedy.
    """
    return _reader(path).open(path, limit() if pixel_budget is None else pixel_budget)


def thumbnail(path: Path, edge: int, index: int = 0) -> Thumbnail:
    """A small RGB picture of a file's frame.

    Parameters
    ----------
    edge
        Largest height and width in pixels; small pictures are not enlarged.
    index
        The frame, counted from 0.

    Returns
    -------
    HxWx3 uint8.

    Raises
    ------
    SourceError
        As :func:`open_source`.
    """
    return _reader(path).thumbnail(path, index, edge, limit())


def preview(path: Path, edge: int, index: int = 0) -> Preview | None:
    """A quick look at a large picture, not much more than ``edge`` pixels high or wide.

    None where it would come little sooner than the whole picture.

    Raises
    ------
    SourceError
        As :func:`open_source`.
    """
    return _reader(path).preview(path, index, edge, limit())


def count_frames(path: Path) -> int:
    """How many frames a file holds, read from its headers alone.

    Raises
    ------
    SourceError
        As :func:`open_source`.
    """
    return _reader(path).count(path)


def _reader(path: Path) -> ReaderSpec:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise reading_failure(path, error) from error
    if not head:
        raise SourceError(path, "is empty", "Fetch it again, or remove it from the folder.")
    for spec in registry:
        if spec.recognises(head):
            return spec
    kinds = ", ".join(sorted(suffix[1:] for spec in registry for suffix in spec.suffixes))
    raise SourceError(
        path, "holds no picture of a known kind, whatever its name says", f"Known are: {kinds}."
    )
