"""TIFF files of all depths and packings, with tifffile, Pillow and OpenCV as outside writers."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from segstudio.imaging import SourceError, count_frames, open_source, thumbnail

RNG = np.random.default_rng(4)
RGB = RNG.integers(0, 256, (30, 41, 3), dtype=np.uint8)


def _pixels(path: Path, index: int = 0) -> np.ndarray:
    source = open_source(path)
    frame = source.frame(index)
    assert source.shape(index) == frame.shape
    return frame.pixels


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(30, 41), (30, 41, 3)])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_plain_kinds_come_out_as_they_are(
    tmp_path: Path, dtype: type, shape: tuple[int, ...], byteorder: str
) -> None:
    values = (RNG.random(shape) * 255).astype(dtype)
    path = tmp_path / "größe.tif"
    tifffile.imwrite(path, values, byteorder=byteorder, photometric=_photometric(shape))
    found = _pixels(path)
    assert found.dtype == dtype
    assert found.dtype.isnative
    assert np.array_equal(found, values)


def _photometric(shape: tuple[int, ...]) -> str:
    return "rgb" if len(shape) == 3 else "minisblack"


@pytest.mark.parametrize("dtype", [np.int16, np.int8, np.uint32, np.int32, np.float64, np.float16])
def test_other_numbers_become_floats(tmp_path: Path, dtype: type) -> None:
    values = (RNG.random((5, 6)) * 200 - (0 if dtype == np.uint32 else 100)).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", values)
    found = _pixels(tmp_path / "a.tif")
    assert found.dtype == np.float32
    assert np.array_equal(found, values.astype(np.float32))


def test_numbers_that_are_no_pixels_are_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ones((4, 4), np.complex64))
    with pytest.raises(SourceError, match=r"a\.tif: cannot be decoded.*complex64"):
        _pixels(tmp_path / "a.tif")
    tifffile.imwrite(
        tmp_path / "b.tif", np.ones((4, 4, 7), np.uint8), photometric="minisblack", planarconfig=1
    )
    with pytest.raises(SourceError, match="neither grey nor RGB"):
        _pixels(tmp_path / "b.tif")


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw", "tiff_deflate", "packbits", "lzma", "zstd"])
def test_packings_do_not_change_pixels(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "a.tif"
    for values in (RGB, RGB[..., 0], RGB[..., 0].astype(np.float32), RGB[..., 1].astype(np.uint16)):
        Image.fromarray(values).save(path, compression=packing)
        found = _pixels(path)
        assert found.dtype == values.dtype
        assert np.array_equal(found, values)


def test_packed_colours_of_16_bits_are_kept(tmp_path: Path) -> None:
    deep = RNG.integers(0, 65536, (20, 21, 3), dtype=np.uint16)
    lzw = cv2.imencode(".tiff", deep[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1]
    (tmp_path / "a.tif").write_bytes(lzw.tobytes())
    assert np.array_equal(_pixels(tmp_path / "a.tif"), deep)


def test_jpeg_inside_is_read(tmp_path: Path) -> None:
    smooth = cv2.resize(RGB[:6, :9], (90, 60), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(smooth).save(tmp_path / "a.tif", compression="jpeg", quality=95)
    assert np.abs(_pixels(tmp_path / "a.tif").astype(int) - smooth).mean() < 5


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "LA", "CMYK"])
def test_modes_become_grey_or_rgb(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    for packing in ("raw", "tiff_lzw"):
        image.save(tmp_path / "a.tif", compression=packing)
        wanted = image.convert("L" if mode in ("1", "LA") else "RGB")
        assert np.array_equal(_pixels(tmp_path / "a.tif"), np.asarray(wanted))


def test_planes_and_further_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.moveaxis(RGB, -1, 0), photometric="rgb", planarconfig="separate")
    assert np.array_equal(_pixels(path), RGB)
    four = np.dstack([RGB, RGB[..., 0]])
    tifffile.imwrite(path, four, photometric="rgb", extrasamples=["unassalpha"])
    assert np.array_equal(_pixels(path), RGB)


def test_white_may_be_zero(tmp_path: Path) -> None:
    for values in (RGB[..., 0], RGB[..., 0].astype(np.uint16) * 257):
        tifffile.imwrite(tmp_path / "a.tif", values, photometric="miniswhite")
        assert np.array_equal(_pixels(tmp_path / "a.tif"), np.iinfo(values.dtype).max - values)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, RGB, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])
    exif = Image.Exif()
    exif[274] = orientation
    png = io.BytesIO()
    Image.fromarray(RGB).save(png, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(png))
    assert np.array_equal(_pixels(path), np.asarray(upright))


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_every_page_is_a_frame(tmp_path: Path, bigtiff: bool, byteorder: str) -> None:
    stack = RNG.integers(0, 65536, (5, 8, 9), dtype=np.uint16)
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, stack, bigtiff=bigtiff, byteorder=byteorder, photometric="minisblack")
    source = open_source(path)
    assert len(source) == count_frames(path) == 5
    frames = list(source.frames())
    assert [frame.name for frame in frames] == [f"stack_p00{i}" for i in range(1, 6)]
    assert all(np.array_equal(f.pixels, page) for f, page in zip(frames, stack, strict=True))
    assert np.array_equal(source.frame(3).pixels, stack[3])
    with pytest.raises(IndexError):
        source.frame(5)


def test_previews_inside_are_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(RGB[::4, ::4], photometric="rgb", subfiletype=1)
        file.write(RGB, photometric="rgb")
    assert count_frames(path) == 1
    assert np.array_equal(_pixels(path), RGB)


def test_thumbnails(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    slope = np.linspace(1000, 1200, 400, dtype=np.float32)[None].repeat(300, axis=0)
    tifffile.imwrite(path, np.stack([slope, slope[:, ::-1]]))
    small = thumbnail(path, 40, index=1)
    assert (small.shape, small.dtype) == ((30, 40, 3), np.uint8)
    assert small[0, 0, 0] > 240
    assert small[0, -1, 0] < 15


def _refused(path: Path, reason: str = "cannot be decoded") -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        list(open_source(path).frames())
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw", "tiff_deflate"])
def test_every_cut_is_noticed(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(RGB).save(path, compression=packing)
    data = path.read_bytes()
    for length in (4, 9, 50, len(data) // 2, len(data) - 100, len(data) - 20):
        path.write_bytes(data[:length])
        _refused(path)


def test_a_stack_that_is_cut_off_does_not_lose_pages_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        for page in range(4):
            file.write(RGB[..., 0] // (page + 1), contiguous=False)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 5 // 8])
    _refused(path)


def test_pages_that_lead_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + struct.pack("<HI", 0, 8))
    _refused(path, "its list of pages is damaged")


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((3000, 3000), np.uint8), compression="zlib")
    with pytest.raises(SourceError, match="3000 x 3000 pixels, more than the 1 megapixels"):
        open_source(path, pixel_budget=10**6).frame(0)
    with pytest.raises(SourceError, match="more than"):
        open_source(path, pixel_budget=10**6).shape(0)


def _whole() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, RGB[:9, :9], photometric="rgb", compression="zlib")
    return file.getvalue()


WHOLE = _whole()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damage_of_any_kind_gives_pixels_or_a_clear_refusal(
    tmp_path: Path, data: st.DataObject
) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(4, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.tif"
    path.write_bytes(damaged)
    try:
        frames = list(open_source(path, pixel_budget=10**6).frames())
    except SourceError as error:
        refusal = str(error)
        assert refusal.startswith(str(path))
    else:
        assert all(f.pixels.dtype in (np.uint8, np.uint16, np.float32) for f in frames)
