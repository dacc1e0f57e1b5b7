"""Whether a PNG file is whole.

Decoders fill what a cut or lying file lacks with zeros, and zero is a class: so pictures and label
maps are checked here before they are believed. Follows the PNG specification (ISO/IEC 15948),
sections 5.3 (chunks), 8 (interlacing) and 10.1 (compression).
"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_STEP = 1 << 20

# Adam7: first column, first row, step right, step down of each pass.
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def why_broken(data: bytes) -> str:
    """What is wrong with a PNG file, in a few words without a full stop; empty where it is whole.

    The pixels are inflated piece by piece and counted, never kept, and never more of them than
    the header promises.
    """
    try:
        return _why_broken(data)
    except (struct.error, zlib.error, ValueError):
        return "its pixel data is damaged"


def _why_broken(data: bytes) -> str:
    if not data.startswith(SIGNATURE):
        return "it is no PNG file"
    expected, counted, ended = None, 0, False
    inflate = zlib.decompressobj()
    for kind, body, sound in _chunks(data):
        if not sound:
            return "a part of it is damaged" if len(body) else "it is cut off"
        if kind == b"IHDR":
            expected = _raw_size(body)
        elif kind == b"IDAT" and expected is not None:
            counted += _count(inflate, body, expected + 1 - counted)
        ended = kind == b"IEND"
    if not ended:
        return "it is cut off"
    if counted != expected:
        return "its header states another size than its pixel data has"
    return ""


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind, body and soundness of each chunk up to the end; an empty unsound one where cut off."""
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            yield b"", b"", False
            return
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        stated = data[at + 8 + length : at + 12 + length]
        if len(stated) < 4:
            yield kind, b"", False
            return
        # A damaged remark (lower-case kind) does no harm to the pixels.
        sound = kind[:1].islower() or zlib.crc32(kind + body) == int.from_bytes(stated, "big")
        yield kind, body, sound
        if kind == b"IEND":
            return
        at += 12 + length


def _count(inflate: "zlib._Decompress", body: bytes, at_most: int) -> int:
    counted, piece = 0, _STEP
    # A full piece may leave more behind inside the inflater, even when all input is used up.
    while piece == _STEP and counted < at_most:
        piece = len(inflate.decompress(body, _STEP))
        body = inflate.unconsumed_tail
        counted += piece
    return counted


def _raw_size(header: bytes) -> int:
    """Bytes of the filtered rows that a header promises."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _SAMPLES.get(colour, 0)
    if not interlaced:
        return _rows_size(width, height, bits)
    return sum(
        _rows_size(-(-(width - x) // right), -(-(height - y) // down), bits)
        for x, y, right, down in _PASSES
        if width > x and height > y
    )


def _rows_size(width: int, height: int, bits: int) -> int:
    return height * (1 + -(-width * bits // 8))
