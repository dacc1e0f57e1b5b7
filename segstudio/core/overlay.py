"""How a label map looks over its picture: only ever the crop that is visible."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids

Rgba = NDArray[np.uint8]


def colour(ids: Ids, palette: NDArray[np.uint8], opacity: float) -> Rgba:
    """Filled classes of a crop.

    Parameters
    ----------
    ids
        hxw uint8 class ids.
    palette
        256x4 uint8 RGBA by id, see :meth:`ClassTable.palette`.
    opacity
        0 (nothing) to 1 (the picture is hidden).

    Returns
    -------
    hxwx4 uint8 RGBA with premultiplied alpha.
    """
    return premultiplied(palette, opacity)[ids]


def contours(ids: Ids, palette: NDArray[np.uint8]) -> Rgba:
    """One-pixel outlines of the classes of a crop, opaque; as :func:`colour` otherwise."""
    return np.where(edges(ids)[..., None], premultiplied(palette, 1.0)[ids], np.uint8(0))


def edges(ids: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """hxw mask of the pixels that have another id to their right, left, above or below."""
    found = np.zeros(ids.shape, np.bool_)
    across = ids[:, 1:] != ids[:, :-1]
    down = ids[1:] != ids[:-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= down
    found[:-1] |= down
    return found


def premultiplied(palette: NDArray[np.uint8], opacity: float) -> NDArray[np.uint8]:
    """The palette with colours scaled by alpha, as painters that blend fast want them."""
    alpha = palette[:, 3:].astype(np.float32) * np.float32(opacity)
    scaled = palette[:, :3].astype(np.float32) * (alpha / 255.0)
    return np.concatenate([scaled, alpha], axis=1).round().astype(np.uint8)
