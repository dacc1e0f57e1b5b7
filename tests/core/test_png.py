"""The wholeness check of PNG files, with Pillow as the writer of all kinds of them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from segstudio.core import png

RNG = np.random.default_rng(1)


def _png(mode: str, size: tuple[int, int]) -> bytes:
    samples = len(Image.new(mode, (1, 1)).getbands())
    noise = RNG.integers(0, 256, (size[1], size[0], samples), dtype=np.uint8)
    image = Image.fromarray(noise.squeeze(2) if samples == 1 else noise)
    file = io.BytesIO()
    image.convert(mode).save(file, "PNG")
    return file.getvalue()


def _with_size(data: bytes, width: int, height: int) -> bytes:
    header = struct.pack(">II", width, height) + data[24:29]
    return data[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (64, 33)])
def test_whole_files_are_whole(mode: str, size: tuple[int, int]) -> None:
    assert png.why_broken(_png(mode, size)) == ""


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 9), (16, 16), (33, 7)])
def test_interlaced_files_are_whole(size: tuple[int, int]) -> None:
    assert png.why_broken(_interlaced(RNG.integers(0, 256, size, dtype=np.uint8))) == ""


def _interlaced(pixels: np.ndarray) -> bytes:
    height, width = pixels.shape
    starts = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
    raw = b""
    for x, y, right, down in (*starts, (0, 1, 1, 2)):
        reduced = pixels[y::down, x::right]
        if reduced.size:
            raw += b"".join(b"\0" + row.tobytes() for row in reduced)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    data = png.SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    # Pillow must agree that the test draws real interlaced files.
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
    return data


@pytest.mark.parametrize("size", [(20, 31), (20, 29), (21, 30), (19, 30), (60000, 60000)])
def test_a_header_that_lies_is_found(size: tuple[int, int]) -> None:
    assert "another size" in png.why_broken(_with_size(_png("RGB", (20, 30)), *size))


@pytest.mark.parametrize("extra", range(-3, 4))
def test_sizes_around_the_step_of_inflating_are_whole(extra: int) -> None:
    file = io.BytesIO()
    Image.new("L", ((1 << 20) - 1 + extra, 2)).save(file, "PNG", compress_level=9)
    assert png.why_broken(file.getvalue()) == ""


def test_every_cut_is_found() -> None:
    data = _png("L", (9, 9))
    for length in range(len(png.SIGNATURE), len(data)):
        assert png.why_broken(data[:length]), length
    assert png.why_broken(b"nonsense") == "it is no PNG file"


def test_what_follows_the_end_does_no_harm() -> None:
    assert png.why_broken(_png("L", (9, 9)) + b"rubbish") == ""


def test_damage_is_found_but_not_in_remarks() -> None:
    data = bytearray(_png("L", (9, 9)))
    data[data.index(b"IDAT") + 10] ^= 1
    assert png.why_broken(bytes(data)) == "a part of it is damaged"


def test_a_bomb_is_not_inflated_beyond_what_its_header_promises() -> None:
    bomb = zlib.compress(bytes(300_000_000), 9)
    chunk = struct.pack(">I", len(bomb)) + b"IDAT" + bomb
    small = _png("L", (9, 9))
    start = small.index(b"IDAT") - 4
    data = small[:start] + chunk + struct.pack(">I", zlib.crc32(b"IDAT" + bomb)) + small[-12:]
    assert "another size" in png.why_broken(data)
