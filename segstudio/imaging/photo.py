"""Photographs and other single pictures: JPEG, PNG, BMP, WebP, PNM. One frame per file."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    WebPImagePlugin,
)

from segstudio.core import png
from segstudio.core.frame import Frame, Pixels
from segstudio.imaging.parts.deep import decode_deep, is_deep
from segstudio.imaging.parts.failures import (
    FETCH_AGAIN,
    SourceError,
    check_size,
    decoding,
    reading_failure,
)
from segstudio.imaging.parts.jpeg import lacks_pixels
from segstudio.imaging.parts.pillow import in_plain_mode, is_raw, values_of
from segstudio.imaging.parts.pixels import (
    ORIENTATION_TAG,
    as_pixels,
    oriented,
    oriented_shape,
    shrunk,
)
from segstudio.imaging.parts.spec import Preview, ReaderSpec, Thumbnail, registry

# The plugins themselves and not Image.open: it has a limit of pixels of its own, and would hand
# a file with a strange content to any of its forty plugins.
_PLUGINS: tuple[tuple[bytes, Callable[[io.BytesIO], ImageFile.ImageFile]], ...] = (
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (png.SIGNATURE, PngImagePlugin.PngImageFile),
    (b"BM", BmpImagePlugin.BmpImageFile),
    (b"RIFF", WebPImagePlugin.WebPImageFile),
    *((b"P" + kind, PpmImagePlugin.PpmImageFile) for kind in (b"1", b"2", b"3", b"4", b"5", b"6")),
    (b"Pf", PpmImagePlugin.PpmImageFile),
)


_LARGE = 4_000_000
"""Pixels of a JPEG that take so long to decode that a quick look before is worth its time."""


class Photo:
    """A source of one frame, see :class:`segstudio.imaging.Source`."""

    def __init__(self, path: Path, pixel_budget: int) -> None:
        self.path = path
        self._data = _read(path)
        with decoding(path):
            self._image = _open(self._data)
            check_size(path, self._image.height, self._image.width, pixel_budget)

    def __len__(self) -> int:
        return 1

    def shape(self, index: int) -> tuple[int, int]:
        self._check_index(index)
        size = self._image.height, self._image.width
        return oriented_shape(size, _orientation(self._image))

    def frame(self, index: int) -> Frame:
        self._check_index(index)
        with decoding(self.path):
            return Frame(self.path.stem, oriented(self._pixels(), _orientation(self._image)))

    def frames(self) -> Iterator[Frame]:
        yield self.frame(0)

    def thumbnail(self, edge: int) -> Thumbnail:
        with decoding(self.path):
            if is_deep(self._data) or is_raw(self._image):
                return shrunk(self.frame(0).pixels, edge)
            # JPEG alone heeds this: it decodes to an eighth of the size, for an eighth of the time.
            self._image.draft(None, (edge, edge))
            small = in_plain_mode(self._image)
            small.thumbnail((edge, edge))
            return shrunk(oriented(np.array(small), _orientation(self._image)), edge)

    def preview(self, edge: int) -> Preview | None:
        """A reduced copy of a large JPEG; None of other pictures."""
        size = self._image.height, self._image.width
        if not isinstance(self._image, JpegImagePlugin.JpegImageFile) or size[0] * size[1] < _LARGE:
            return None
        with decoding(self.path):
            orientation = _orientation(self._image)
            self._image.draft(None, (edge, edge))
            small = oriented(np.array(in_plain_mode(self._image)), orientation)
        return Preview(Frame("", small).display, oriented_shape(size, orientation))

    def _check_index(self, index: int) -> None:
        if index != 0:
            raise IndexError(f"{self.path} has one frame, not {index + 1}")

    def _pixels(self) -> Pixels:
        if self._data.startswith(png.SIGNATURE) and (broken := png.why_broken(self._data)):
            raise SourceError(self.path, f"cannot be decoded: {broken}", FETCH_AGAIN)
        if is_deep(self._data):
            return as_pixels(decode_deep(self._data))
        values = values_of(self._image)
        if isinstance(self._image, JpegImagePlugin.JpegImageFile) and lacks_pixels(
            self._data, values
        ):
            reason = "cannot be decoded: it holds fewer pixels than its header states"
            raise SourceError(self.path, reason, FETCH_AGAIN)
        return as_pixels(values)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise reading_failure(path, error) from error


def _recognises(head: bytes) -> bool:
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WEBP"
    return any(head.startswith(magic) for magic, _ in _PLUGINS)


def _open(data: bytes) -> ImageFile.ImageFile:
    plugin = next(plugin for magic, plugin in _PLUGINS if data.startswith(magic))
    return plugin(io.BytesIO(data))


def _orientation(image: Image.Image) -> object:
    try:
        return image.getexif().get(ORIENTATION_TAG)
    # A camera's damaged remark must not cost the picture, and Pillow's parser raises anything.
    except Exception:  # noqa: BLE001
        return None


def _thumbnail(path: Path, index: int, edge: int, pixel_budget: int) -> Thumbnail:
    return Photo(path, pixel_budget).thumbnail(edge)


def _preview(path: Path, index: int, edge: int, pixel_budget: int) -> Preview | None:
    return Photo(path, pixel_budget).preview(edge)


registry.add(
    ReaderSpec(
        name="photo",
        label="Pictures",
        suffixes=(
            *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".webp"),
            *(".pbm", ".pgm", ".ppm", ".pnm", ".pfm"),
        ),
        recognises=_recognises,
        open=Photo,
        thumbnail=_thumbnail,
        preview=_preview,
    )
)
