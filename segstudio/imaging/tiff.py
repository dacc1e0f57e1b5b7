"""TIFF: 8, 16 and 32 bits, floats, stacks of pages. Every full-size page is a frame."""

import contextlib
import io
import operator
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from segstudio.core.frame import Frame, Pixels
from segstudio.imaging.parts.failures import check_size, decoding, reading_failure
from segstudio.imaging.parts.pillow import values_of
from segstudio.imaging.parts.pixels import (
    ORIENTATION_TAG,
    as_pixels,
    oriented,
    oriented_shape,
    shrunk,
)
from segstudio.imaging.parts.spec import ReaderSpec, Thumbnail, registry
from segstudio.imaging.parts.tiff_pages import full_size_pages

if TYPE_CHECKING:
    import tifffile

_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# PhotometricInterpretation, TIFF 6.0 section 8.
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE = range(4)


class Tiff:
    """A source with a frame per page, see :class:`segstudio.imaging.Source`."""

    def __init__(self, path: Path, pixel_budget: int) -> None:
        self.path = path
        self._pixel_budget = pixel_budget
        self._pages = full_size_pages(path)

    def __len__(self) -> int:
        return len(self._pages)

    def shape(self, index: int) -> tuple[int, int]:
        self._check_index(index)
        with _opened(self.path) as file:
            page = self._page(file, index)
            return oriented_shape((page.imagelength, page.imagewidth), _orientation(page))

    def frame(self, index: int) -> Frame:
        self._check_index(index)
        with _opened(self.path) as file:
            return self._frame(file, index)

    def frames(self) -> Iterator[Frame]:
        with _opened(self.path) as file:
            for index in range(len(self)):
                yield self._frame(file, index)

    def _check_index(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise IndexError(f"{self.path} has {len(self)} frames, not {index + 1}")

    def _page(self, file: "tifffile.TiffFile", index: int) -> "tifffile.TiffPage":
        page = file.pages[self._pages[index]].aspage()
        check_size(self.path, page.imagelength, page.imagewidth, self._pixel_budget)
        return page

    def _frame(self, file: "tifffile.TiffFile", index: int) -> Frame:
        page = self._page(file, index)
        pixels = oriented(_pixels(page, self.path), _orientation(page))
        name = self.path.stem if len(self) == 1 else f"{self.path.stem}_p{index + 1:03d}"
        return Frame(name, pixels)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator["tifffile.TiffFile"]:
    import tifffile  # a tenth of a second, which folders of photographs need not pay

    try:
        raw = path.open("rb")
    except OSError as error:
        raise reading_failure(path, error) from error
    with raw, decoding(path), tifffile.TiffFile(raw) as file:
        yield file


def _orientation(page: "tifffile.TiffPage") -> object:
    tag = page.tags.get(ORIENTATION_TAG)
    return None if tag is None else tag.value


def _pixels(page: "tifffile.TiffPage", path: Path) -> Pixels:
    if page.imagedepth > 1:
        raise ValueError("it holds a volume; save it as a stack of pages")
    ends = map(operator.add, page.dataoffsets, page.databytecounts)
    if max(ends, default=0) > page.parent.filehandle.size:
        raise ValueError("it is cut off")
    if page.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE):
        try:
            return as_pixels(_meant(_channels_last(page), page))
        except (ValueError, ImportError) as error:
            # tifffile decodes LZW, JPEG and other packings only beside the imagecodecs package.
            if isinstance(error, ValueError) and "imagecodecs" not in str(error):
                raise
    return as_pixels(_by_libtiff(path.read_bytes(), page))


def _channels_last(page: "tifffile.TiffPage") -> NDArray[Any]:
    values = np.asarray(page.asarray())
    return np.moveaxis(values, 0, -1) if page.axes.startswith("S") else values


def _meant(values: NDArray[Any], page: "tifffile.TiffPage") -> NDArray[Any]:
    """Values as brightness: palettes looked up, small depths stretched, dark made small."""
    if page.photometric == _PALETTE and page.colormap is not None:
        colours = np.asarray(page.colormap)[:, values]
        return np.moveaxis(colours >> 8, 0, -1).astype(np.uint8)
    if values.dtype == np.uint8 and page.bitspersample < 8:
        values = values * np.uint8(255 // (2**page.bitspersample - 1))
    if page.photometric == _WHITE_IS_ZERO and values.dtype.kind in "bu":
        values = np.invert(values)
    return values


def _by_libtiff(data: bytes, page: "tifffile.TiffPage") -> NDArray[Any]:
    """The page as OpenCV (colours of 16 bits) or Pillow (all else) read it."""
    if page.samplesperpixel >= 3 and page.bitspersample == 16:
        import cv2

        place = (page.index, page.index + 1)
        done, pages = cv2.imdecodemulti(
            np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED, range=place
        )
        if not done or not pages:
            raise ValueError("its pixel data is damaged or packed in an unknown way")
        return np.ascontiguousarray(pages[0][..., 2::-1])
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    image.seek(page.index)
    return values_of(image)


def _thumbnail(path: Path, index: int, edge: int, pixel_budget: int) -> Thumbnail:
    return shrunk(Tiff(path, pixel_budget).frame(index).pixels, edge)


def _count(path: Path) -> int:
    return len(full_size_pages(path))


registry.add(
    ReaderSpec(
        name="tiff",
        label="TIFF",
        suffixes=(".tif", ".tiff"),
        recognises=lambda head: head.startswith(_MAGICS),
        open=Tiff,
        thumbnail=_thumbnail,
        count=_count,
    )
)
