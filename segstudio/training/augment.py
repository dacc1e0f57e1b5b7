"""Random crops for training: geometry on the picture (OpenCV), colours on the batch (torch)."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.label_map import VOID, Ids

Picture = NDArray[Any]
"""HxWxC uint8 or uint16."""

_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far training pictures are varied.

    Attributes
    ----------
    zoom
        Smallest and largest random scale, as factors of the working resolution.
    flip
        Chance of mirroring left and right. Scenes are never turned upside down.
    brightness, contrast, saturation
        Largest relative change, 0 to 1.
    """

    zoom: tuple[float, float] = (0.75, 1.5)
    flip: float = 0.5
    brightness: float = 0.25
    contrast: float = 0.25
    saturation: float = 0.25


PRESETS = {
    "scenes": Augmentation(),
    "none": Augmentation((1.0, 1.0), flip=0.0, brightness=0.0, contrast=0.0, saturation=0.0),
}
"""By the names that :class:`segstudio.training.settings.TrainSettings` knows."""


def random_crop(
    picture: Picture,
    labels: Ids,
    crop: tuple[int, int],
    scale: float,
    augmentation: Augmentation,
    random: np.random.Generator,
) -> tuple[Picture, Ids]:
    """A randomly scaled, placed and mirrored crop.

    Only the window that the crop shows is resized, so that huge pictures cost no more than small
    ones. Where the scaled picture is smaller than the crop, the rest is black and void.

    Parameters
    ----------
    picture
        HxWxC uint8 or uint16.
    labels
        HxW uint8, 255 is void.
    crop
        Rows and columns of the result.
    scale
        Working resolution: result pixels per picture pixel at zoom 1.
    random
        Source of all randomness.

    Returns
    -------
    Crop of the picture (hxwxC, same type) and of the labels (hxw).
    """
    factor = scale * float(np.exp(random.uniform(*np.log(augmentation.zoom))))
    rows = _window(picture.shape[0], crop[0], factor, random)
    columns = _window(picture.shape[1], crop[1], factor, random)
    size = (columns.pixels, rows.pixels)
    part = (rows.source, columns.source)
    shrink = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    pixels = cv2.resize(picture[part], size, interpolation=shrink)
    # The exact variant samples at pixel centres; the plain one shifts labels by half a pixel.
    nearest = cv2.resize(labels[part], size, interpolation=cv2.INTER_NEAREST_EXACT)
    ids = np.asarray(nearest, np.uint8)
    pixels = pixels.reshape(*ids.shape, picture.shape[2])
    if random.random() < augmentation.flip:
        pixels, ids = pixels[:, ::-1], ids[:, ::-1]
    return _padded(pixels, ids, crop, random)


def jitter(batch: Tensor, augmentation: Augmentation, random: np.random.Generator) -> Tensor:
    """Vary brightness, contrast and saturation of each picture of a batch.

    ``batch`` is (N, C, H, W) on a 0..1 scale; the result stays within 0..1. Saturation is left
    alone where there are no three channels.
    """
    count = batch.shape[0]

    def factors(reach: float) -> Tensor:
        drawn = random.uniform(1.0 - reach, 1.0 + reach, size=(count, 1, 1, 1))
        return batch.new_tensor(drawn)

    mean = batch.mean(dim=(1, 2, 3), keepdim=True)
    brightness, contrast = factors(augmentation.brightness), factors(augmentation.contrast)
    saturation = factors(augmentation.saturation)
    if batch.shape[1] == len(_GREY):
        grey = (batch * batch.new_tensor(_GREY).view(1, -1, 1, 1)).sum(dim=1, keepdim=True)
        batch = grey + (batch - grey) * saturation
    return ((batch - mean) * contrast + mean).mul(brightness).clamp(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Window:
    source: slice
    pixels: int


def _window(length: int, crop: int, factor: float, random: np.random.Generator) -> _Window:
    """Where along one axis the crop lies in the source, and how many pixels it gives."""
    wanted = max(1, round(crop / factor))
    if wanted >= length:
        return _Window(slice(0, length), min(crop, max(1, round(length * factor))))
    start = int(random.integers(0, length - wanted + 1))
    return _Window(slice(start, start + wanted), crop)


def _padded(
    pixels: Picture, ids: Ids, crop: tuple[int, int], random: np.random.Generator
) -> tuple[Picture, Ids]:
    """The crop at full size, the picture at a random place in it."""
    if ids.shape == crop:
        return np.ascontiguousarray(pixels), np.ascontiguousarray(ids)
    height, width = ids.shape
    top = int(random.integers(0, crop[0] - height + 1))
    left = int(random.integers(0, crop[1] - width + 1))
    here = (slice(top, top + height), slice(left, left + width))
    full = np.zeros((*crop, pixels.shape[2]), pixels.dtype)
    full_ids = np.full(crop, VOID, np.uint8)
    full[here], full_ids[here] = pixels, ids
    return full, full_ids
