"""The PNG formats: what is written comes back exactly, and Pillow agrees about what is in it."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from segstudio.core.classes import DEFAULT_COLOURS, ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID
from segstudio.formats import indexed_png, registry
from segstudio.formats.colour_png import void_colour
from segstudio.formats.parts.palette import VOID_COLOUR

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
ANY_IDS = arrays.arrays(np.uint8, SHAPES)
CLASSES = ClassTable(
    tuple(LabelClass(i, f"class {i}", DEFAULT_COLOURS[i]) for i in (0, 1, 2, 5, 7))
)
KNOWN_IDS = arrays.arrays(np.uint8, SHAPES, elements=st.sampled_from([*CLASSES.ids, VOID]))
few = settings(max_examples=40, deadline=None)


def _pillow(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def _png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


@few
@given(ANY_IDS)
def test_indexed_keeps_every_id_and_carries_the_palette(ids: np.ndarray) -> None:
    data = indexed_png.encode(ids, CLASSES)
    assert np.array_equal(indexed_png.decode(data, Path("a.png")), ids)
    image = _pillow(data)
    assert image.mode == "P"
    assert np.array_equal(np.asarray(image), ids)
    palette = np.asarray(image.getpalette()).reshape(-1, 3)
    assert tuple(palette[5]) == DEFAULT_COLOURS[5]
    assert tuple(palette[VOID]) == VOID_COLOUR


@few
@given(ANY_IDS)
def test_grey_holds_the_ids_as_values(ids: np.ndarray) -> None:
    spec = registry.get("grey-png")
    data = spec.encode(ids, CLASSES)
    assert np.array_equal(spec.decode(data, Path("a.png"), CLASSES), ids)
    assert _pillow(data).mode == "L"
    assert np.array_equal(np.asarray(_pillow(data)), ids)


@few
@given(KNOWN_IDS)
def test_colour_paints_each_class_in_its_colour(ids: np.ndarray) -> None:
    spec = registry.get("colour-png")
    data = spec.encode(ids, CLASSES)
    assert np.array_equal(spec.decode(data, Path("a.png"), CLASSES), ids)
    image = _pillow(data)
    assert image.mode == "RGB"
    for entry in CLASSES:
        painted = (np.asarray(image) == entry.colour).all(axis=2)
        assert np.array_equal(painted, ids == entry.id)


@few
@given(KNOWN_IDS, st.sampled_from(sorted(spec.name for spec in registry)))
def test_every_format_round_trips_through_its_files(ids: np.ndarray, name: str) -> None:
    spec = registry.get(name)
    spec.check(CLASSES)
    assert np.array_equal(spec.decode(spec.encode(ids, CLASSES), Path("x"), CLASSES), ids)


@pytest.mark.parametrize("name", registry.names())
def test_files_carry_the_frames_name(name: str, tmp_path: Path) -> None:
    ids = np.array([[0, 1], [VOID, 7]], np.uint8)
    path = registry.get(name).write(tmp_path, "größe.v2", ids, CLASSES)
    assert path.stem == "größe.v2"
    assert np.array_equal(registry.get(name).read(path, CLASSES), ids)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_of_few_bits_is_not_stretched(bits: int) -> None:
    ids = np.arange(2**bits, dtype=np.uint8).reshape(1, -1)
    paletted = Image.fromarray(ids)
    paletted.putpalette([value for value in range(2**bits) for _ in range(3)])
    data = bytearray(_png(paletted, bits=bits))
    assert data[24] == bits
    assert np.array_equal(indexed_png.decode(bytes(data), Path("a.png")), ids)
    assert np.array_equal(indexed_png.decode(_as_grey(data), Path("a.png")), ids)


def _as_grey(data: bytearray) -> bytes:
    """The same raw values, called grey instead of indexed."""
    header = data[16:25] + b"\0" + data[26:29]
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    start, end = data.index(b"PLTE") - 4, data.index(b"IDAT") - 4
    assert end > start
    return bytes(data[:16] + header + crc + data[33:start] + data[end:])


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (Image.new("RGB", (4, 3)), "holds colours and not class ids"),
        (Image.new("RGBA", (4, 3)), "holds colours and not class ids"),
        (Image.new("LA", (4, 3)), "holds transparency and not class ids"),
        (Image.fromarray(np.full((3, 4), 300, np.uint16)), "holds 16-bit values and not class ids"),
    ],
)
def test_what_is_no_id_map_is_refused(image: Image.Image, reason: str) -> None:
    with pytest.raises(SegStudioError, match=rf"masks.a\.png: {reason}\. Save it again as"):
        indexed_png.decode(_png(image), Path("masks/a.png"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is empty"), (b"hello", "is no PNG file"), (b"\xff\xd8\xff\xe0JFIF", "is no PNG file")],
)
def test_what_is_no_png_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(SegStudioError, match=rf"a\.png: {reason}"):
        indexed_png.decode(data, Path("a.png"))


@few
@given(arrays.arrays(np.uint8, (17, 23)), st.data())
def test_no_cut_or_changed_file_passes_for_other_labels(
    ids: np.ndarray, data: st.DataObject
) -> None:
    whole = indexed_png.encode(ids, CLASSES)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(SegStudioError):
        indexed_png.decode(cut, Path("a.png"))
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        read = indexed_png.decode(bytes(damaged), Path("a.png"))
    except SegStudioError:
        return
    assert np.array_equal(read, ids)


def test_a_claim_of_gigapixels_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    data = indexed_png.encode(np.zeros((30, 40), np.uint8), CLASSES)
    header = struct.pack(">II", 60_000, 60_000) + data[24:29]
    bomb = data[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]
    with pytest.raises(
        SegStudioError, match=r"a\.png: states a size of 60000 x 60000 pixels, more"
    ):
        indexed_png.decode(bomb, Path("a.png"))
    monkeypatch.setenv("SEGSTUDIO_PIXEL_BUDGET", "1199")
    with pytest.raises(SegStudioError, match="set SEGSTUDIO_PIXEL_BUDGET"):
        indexed_png.decode(data, Path("a.png"))


def test_one_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match=r"none\.png: does not exist"):
        registry.get("grey-png").read(tmp_path / "none.png", CLASSES)


def test_colour_refuses_classes_that_share_a_colour() -> None:
    twins = ClassTable((LabelClass(0, "road", (1, 2, 3)), LabelClass(1, "kerb", (1, 2, 3))))
    with pytest.raises(SegStudioError, match=r"'road' and 'kerb'.*same colour"):
        registry.get("colour-png").check(twins)


def test_colour_refuses_ids_without_a_colour_both_ways() -> None:
    spec = registry.get("colour-png")
    with pytest.raises(SegStudioError, match="ids 9, 11 have no colour"):
        spec.encode(np.array([[9, 11, 0]], np.uint8), CLASSES)
    painted = _png(Image.new("RGB", (2, 2), (1, 2, 3)))
    with pytest.raises(SegStudioError, match=r"a\.png: holds the colour #010203"):
        spec.decode(painted, Path("a.png"), CLASSES)
    with pytest.raises(SegStudioError, match="holds no RGB colours"):
        spec.decode(_png(Image.new("L", (2, 2))), Path("a.png"), CLASSES)


def test_void_never_shares_a_class_colour() -> None:
    assert void_colour(CLASSES) == (0, 0, 0)
    black = ClassTable((LabelClass(0, "night", (0, 0, 0)),))
    assert void_colour(black) == (255, 255, 255)
    greys = ClassTable(tuple(LabelClass(i, f"g{i}", (i, i, i)) for i in range(255)))
    assert void_colour(greys) == (255, 255, 255)
    spec = registry.get("colour-png")
    ids = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(spec.decode(spec.encode(ids, greys), Path("a"), greys), ids)
