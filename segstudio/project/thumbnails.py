"""Thumbnails, made once and kept as small JPEG files."""

import contextlib
import hashlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.imaging import thumbnail
from segstudio.project.entries import FrameEntry

_QUALITY = 85


def cached_thumbnail(
    folder: Path, entry: FrameEntry, edge: int, read_only: bool
) -> NDArray[np.uint8]:
    """HxWx3 uint8, at most ``edge`` high and wide; from the cache where the file has not changed.

    Raises
    ------
    SourceError
        Where the picture cannot be read.
    """
    path = folder / f"{_key(entry, edge)}.jpg"
    # A cache that is missing, damaged or full must cost nothing but time.
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        kept = JpegImagePlugin.JpegImageFile(io.BytesIO(path.read_bytes()))
        return np.array(kept.convert("RGB"))
    small = thumbnail(entry.source, edge, entry.index)
    if not read_only:
        file = io.BytesIO()
        Image.fromarray(small).save(file, "JPEG", quality=_QUALITY)
        with contextlib.suppress(SegStudioError):
            write_bytes(path, file.getvalue())
    return small


def _key(entry: FrameEntry, edge: int) -> str:
    try:
        stat = entry.source.stat()
        stamp = f"{stat.st_mtime_ns}:{stat.st_size}"
    except OSError:
        stamp = ""  # reading the picture will say what is wrong
    text = f"{entry.source.name}|{entry.index}|{edge}|{stamp}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
