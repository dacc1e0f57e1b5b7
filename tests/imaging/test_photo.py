"""Photographs: what is in the file comes out, and what is not whole is refused."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from segstudio.imaging import SourceError, open_source, preview, thumbnail

RNG = np.random.default_rng(3)
NOISE = RNG.integers(0, 256, (30, 40, 3), dtype=np.uint8)
SMOOTH = cv2.resize(NOISE[:10, :15], (300, 200), interpolation=cv2.INTER_CUBIC)
RGB16 = RNG.integers(0, 65536, (11, 13, 3), dtype=np.uint16)


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _read(path: Path, data: bytes) -> np.ndarray:
    path.write_bytes(data)
    source = open_source(path)
    frames = list(source.frames())
    assert len(source) == len(frames) == 1
    assert frames[0].name == path.stem
    assert source.shape(0) == frames[0].shape
    return frames[0].pixels


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM"])
@pytest.mark.parametrize("shape", [(30, 40, 3), (30, 40)])
def test_lossless_kinds_come_out_as_they_are(
    tmp_path: Path, kind: str, shape: tuple[int, ...]
) -> None:
    pixels = NOISE.reshape(-1)[: int(np.prod(shape))].reshape(shape)
    found = _read(tmp_path / "a.bin", _encoded(Image.fromarray(pixels), kind))
    assert found.dtype == np.uint8
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_kinds_come_out_as_pillow_sees_them(tmp_path: Path, kind: str) -> None:
    data = _encoded(Image.fromarray(SMOOTH), kind)
    found = _read(tmp_path / "a.jpg", data)
    assert np.array_equal(found, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


def test_any_unicode_path_opens(tmp_path: Path) -> None:
    folder = tmp_path / "Straße 道路 🚗"
    folder.mkdir()
    assert np.array_equal(
        _read(folder / "bild é.png", _encoded(Image.fromarray(NOISE), "PNG")), NOISE
    )


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".dat", ""])
def test_the_content_counts_and_not_the_name(tmp_path: Path, suffix: str) -> None:
    data = _encoded(Image.fromarray(SMOOTH), "JPEG")
    assert _read(tmp_path / f"a{suffix}", data).shape == (200, 300, 3)


# --- kinds of pixels -----------------------------------------------------------------------------


def test_grey_of_16_bits_is_kept(tmp_path: Path) -> None:
    grey = RGB16[..., 0]
    for data in (
        _encoded(Image.fromarray(grey), "PNG"),
        cv2.imencode(".png", grey)[1].tobytes(),
        cv2.imencode(".pgm", grey)[1].tobytes(),
    ):
        found = _read(tmp_path / "a.png", data)
        assert found.dtype == np.uint16
        assert np.array_equal(found, grey)


@pytest.mark.parametrize("suffix", [".png", ".ppm"])
def test_colours_of_16_bits_are_kept(tmp_path: Path, suffix: str) -> None:
    data = cv2.imencode(suffix, RGB16[..., ::-1])[1].tobytes()
    found = _read(tmp_path / "a", data)
    assert found.dtype == np.uint16
    assert np.array_equal(found, RGB16)


def test_transparency_of_16_bits_is_dropped(tmp_path: Path) -> None:
    four = np.dstack([RGB16[..., ::-1], RGB16[..., 0]])
    assert np.array_equal(_read(tmp_path / "a", cv2.imencode(".png", four)[1].tobytes()), RGB16)
    # Grey with transparency: neither OpenCV nor Pillow writes it, so it is built by hand.
    grey = RGB16[..., :2].astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in grey)
    header = struct.pack(">IIBBBBB", 13, 11, 16, 4, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    )
    assert np.array_equal(_read(tmp_path / "a", data), RGB16[..., 0])


def test_pnm_of_12_bits_is_not_stretched(tmp_path: Path) -> None:
    values = (RGB16[..., 0] >> 4).astype(">u2")
    data = b"P5\n# a remark\n13 11\n4095\n" + values.tobytes()
    assert np.array_equal(_read(tmp_path / "a.pgm", data), values)


def test_float_maps_are_kept(tmp_path: Path) -> None:
    values = RNG.normal(size=(4, 5)).astype(np.float32)
    data = b"Pf\n5 4\n-1.0\n" + np.flipud(values).tobytes()
    found = _read(tmp_path / "a.pfm", data)
    assert found.dtype == np.float32
    assert np.array_equal(found, values)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA", "1", "CMYK", "YCbCr"])
def test_other_modes_become_grey_or_rgb(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(NOISE).convert(mode)
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG", "PA": "PNG"}.get(mode, "PNG")
    data = _encoded(image if mode != "PA" else image.convert("P"), kind)
    found = _read(tmp_path / "a", data)
    wanted = "L" if mode in ("LA", "1") else "RGB"
    assert found.shape == ((30, 40) if wanted == "L" else (30, 40, 3))
    assert np.array_equal(found, np.asarray(Image.open(io.BytesIO(data)).convert(wanted)))


def test_transparent_palettes_give_their_colours(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)
    data = _encoded(image, "PNG", transparency=1)
    assert _read(tmp_path / "a", data).tolist() == [[[10, 20, 30], [200, 100, 50]]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_applied_once(tmp_path: Path, orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = _encoded(Image.fromarray(SMOOTH), kind, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    path = tmp_path / "a"
    assert np.array_equal(_read(path, data), np.asarray(upright))
    assert thumbnail(path, 50).shape == ((33, 50, 3) if orientation < 5 else (50, 33, 3))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_remark_of_the_camera_does_not_cost_the_picture(tmp_path: Path) -> None:
    data = _encoded(Image.fromarray(SMOOTH), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert _read(tmp_path / "a.jpg", data).shape == (200, 300, 3)


# --- thumbnails ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "PPM"])
def test_thumbnails_look_like_the_picture(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(_encoded(Image.fromarray(SMOOTH), kind))
    small = thumbnail(path, 60)
    assert (small.shape, small.dtype) == ((40, 60, 3), np.uint8)
    wanted = cv2.resize(SMOOTH, (60, 40), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - wanted).mean() < 6


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_large_jpeg_has_an_upright_preview(tmp_path: Path, orientation: int, mode: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    large = Image.fromarray(SMOOTH).resize((2600, 1800)).convert(mode)
    path = tmp_path / "a.jpg"
    path.write_bytes(_encoded(large, "JPEG", exif=exif))
    seen = preview(path, 500)
    assert seen is not None
    upright = open_source(path).frame(0)
    assert seen.shape == upright.shape
    height, width = seen.pixels.shape[:2]
    assert 500 <= min(height, width) < 1000 and seen.pixels.dtype == np.uint8
    wanted = cv2.resize(upright.display, (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(seen.pixels.astype(int) - wanted).mean() < 3


def test_pictures_that_are_read_at_once_have_no_preview(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(_encoded(Image.fromarray(SMOOTH), "JPEG"))
    assert preview(path, 50) is None
    path.write_bytes(_encoded(Image.new("L", (2600, 1800)), "PNG"))
    assert preview(path, 50) is None


def test_thumbnails_of_deep_and_small_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(cv2.imencode(".png", RGB16)[1].tobytes())
    assert thumbnail(path, 8).shape == (7, 8, 3)
    assert thumbnail(path, 64).shape == (11, 13, 3)
    path.write_bytes(_encoded(Image.new("L", (5, 4), 77), "PNG"))
    assert (thumbnail(path, 64) == 77).all()


# --- what is refused -----------------------------------------------------------------------------


def _refused(path: Path, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        list(open_source(path).frames())
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_missing_empty_and_folders_are_named(tmp_path: Path) -> None:
    _refused(tmp_path / "none.png", "does not exist")
    (tmp_path / "empty.png").touch()
    _refused(tmp_path / "empty.png", "is empty")
    (tmp_path / "folder.png").mkdir()
    _refused(tmp_path / "folder.png", "is a folder and no picture")


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(b"x")

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    _refused(tmp_path / "a.png", r"cannot be read \(Permission denied\)")


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.4", b"RIFF0000WAVEfmt ", b"P9\n1 1\n"])
def test_text_named_png_is_no_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    _refused(tmp_path / "a.png", r"holds no picture of a known kind.*Known are: .*jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "PPM"])
def test_every_cut_is_noticed(tmp_path: Path, kind: str) -> None:
    data = _encoded(Image.fromarray(SMOOTH), kind)
    path = tmp_path / "a"
    for length in (20, 100, len(data) // 2, len(data) - 40, len(data) - 9, len(data) - 1):
        path.write_bytes(data[:length])
        _refused(path, "cannot be decoded")


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"optimize": True}, {"quality": 30}])
def test_a_jpeg_that_ends_too_early_is_noticed(tmp_path: Path, options: dict[str, int]) -> None:
    data = _encoded(Image.fromarray(SMOOTH), "JPEG", **options)
    path = tmp_path / "a.jpg"
    path.write_bytes(data[: len(data) // 2] + b"\xff\xd9")
    _refused(path, "holds fewer pixels than its header states")
    size = data.index(b"\xff\xc0") + 5
    path.write_bytes(data[:size] + struct.pack(">H", 400) + data[size + 2 :])
    _refused(path, "holds fewer pixels than its header states")


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"optimize": True}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(300, 200), (40, 90), (700, 40)])
def test_a_whole_jpeg_that_ends_in_grey_is_no_liar(
    tmp_path: Path, options: dict[str, int], mode: str, size: tuple[int, int]
) -> None:
    grey = Image.new("RGB", size, (128, 128, 128))
    path = tmp_path / "a.jpg"
    assert (_read(path, _encoded(grey.convert(mode), "JPEG", **options)) == 128).all()
    grey.paste(Image.fromarray(SMOOTH).resize((size[0], size[1] // 3)))
    assert (_read(path, _encoded(grey.convert(mode), "JPEG", **options))[-1] == 128).all()


def test_a_png_whose_header_lies_is_noticed(tmp_path: Path) -> None:
    data = _encoded(Image.fromarray(NOISE), "PNG")
    header = struct.pack(">II", 40, 60) + data[24:29]
    lying = data[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]
    (tmp_path / "a.png").write_bytes(lying)
    _refused(tmp_path / "a.png", "its header states another size than its pixel data has")


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.bmp"
    data = bytearray(_encoded(Image.new("L", (4, 4)), "BMP"))
    data[18:26] = struct.pack("<ii", 50_000, 50_000)
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"50000 x 50000 pixels, more than the 400 megapixels"):
        open_source(path)
    with pytest.raises(SourceError, match="more than"):
        thumbnail(path, 16)


def test_the_budget_is_the_callers_or_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_encoded(Image.fromarray(NOISE), "PNG"))
    with pytest.raises(SourceError, match="SEGSTUDIO_PIXEL_BUDGET"):
        open_source(path, pixel_budget=1199)
    assert len(open_source(path, pixel_budget=1200)) == 1
    monkeypatch.setenv("SEGSTUDIO_PIXEL_BUDGET", "100")
    with pytest.raises(SourceError, match="40 x 30"):
        open_source(path)


def test_large_pictures_need_no_leave_of_pillow(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_encoded(Image.new("1", (20_000, 10_000)), "PNG"))
    assert open_source(path).shape(0) == (10_000, 20_000)


def test_there_is_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_encoded(Image.fromarray(NOISE), "PNG"))
    with pytest.raises(IndexError):
        open_source(path).frame(1)


WHOLE = {
    kind: _encoded(Image.fromarray(NOISE), kind) for kind in ("JPEG", "PNG", "BMP", "WEBP", "PPM")
}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_damage_of_any_kind_gives_pixels_or_a_clear_refusal(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    damaged = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.png"
    path.write_bytes(damaged)
    try:
        frames = list(open_source(path, pixel_budget=10**6).frames())
    except SourceError as error:
        refusal = str(error)
        assert refusal.startswith(str(path))
    else:
        assert all(f.pixels.dtype in (np.uint8, np.uint16, np.float32) for f in frames)


def test_profiles_do_not_disturb(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = _encoded(Image.fromarray(NOISE), "PNG", icc_profile=profile)
    assert np.array_equal(_read(tmp_path / "a.png", data), NOISE)
