"""The chain of pages in a TIFF file (TIFF 6.0, section 2; BigTIFF), read without decoding.

tifffile drops the pages behind a damaged link and goes on; labels of a stack that is cut off
would then belong to other pages than before.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from segstudio.imaging.parts.failures import FETCH_AGAIN, SourceError, reading_failure

_SUBFILE_TYPE = 254
_REDUCED_OR_MASK = 0b101


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are laid out: byte order, width of offsets, of entry counts and of entries."""

    order: str
    offset: str
    count: str
    entry: int
    first_at: int


_CLASSIC = ("I", "H", 12, 4)
_BIG = ("Q", "Q", 20, 8)


def full_size_pages(path: Path) -> list[int]:
    """Places in the chain of the pages that are pictures, not previews or masks of others.

    Raises
    ------
    SourceError
        Where the file cannot be read or its chain leads nowhere.
    """
    try:
        with path.open("rb") as file:
            kinds = _subfile_types(file)
    except OSError as error:
        raise reading_failure(path, error) from error
    except (struct.error, ValueError, OverflowError) as error:
        raise SourceError(
            path, "cannot be decoded: its list of pages is damaged", FETCH_AGAIN
        ) from error
    pages = [place for place, kind in enumerate(kinds) if not kind & _REDUCED_OR_MASK]
    return pages or list(range(len(kinds)))


def _subfile_types(file: BinaryIO) -> list[int]:
    layout = _layout(file.read(16))
    size = os.fstat(file.fileno()).st_size
    kinds: list[int] = []
    seen: set[int] = set()
    offset = _number(file, layout, layout.offset, layout.first_at)
    while offset:
        if offset >= size or offset in seen:
            raise ValueError("a page lies outside the file, or leads back to an earlier one")
        seen.add(offset)
        count = _number(file, layout, layout.count, offset)
        start = offset + struct.calcsize(layout.order + layout.count)
        kinds.append(_subfile_type(file.read(count * layout.entry), layout))
        offset = _number(file, layout, layout.offset, start + count * layout.entry)
    if not kinds:
        raise ValueError("no page")
    return kinds


def _layout(head: bytes) -> _Layout:
    order = "<" if head[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", head, 2)
    return _Layout(order, *(_BIG if version == 43 else _CLASSIC))


def _number(file: BinaryIO, layout: _Layout, kind: str, at: int) -> int:
    file.seek(at)
    form = layout.order + kind
    (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(value)


def _subfile_type(entries: bytes, layout: _Layout) -> int:
    value_at = layout.entry - struct.calcsize(layout.order + layout.offset)
    for start in range(0, len(entries) - layout.entry + 1, layout.entry):
        (tag, kind) = struct.unpack_from(layout.order + "HH", entries, start)
        if tag == _SUBFILE_TYPE:
            form = layout.order + ("H" if kind == 3 else "I")
            return int(struct.unpack_from(form, entries, start + value_at)[0])
        if tag > _SUBFILE_TYPE:
            break
    return 0
