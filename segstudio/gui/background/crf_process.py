"""The child's side of the CRF: refines what lies in shared memory.

A process of its own, since numba holds the GIL for seconds where it compiles for the first time,
and so that a result that nobody waits for any more can be given up at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import VOID, Ids
from segstudio.gui.background.manners import stand_back
from segstudio.gui.background.portable import portable
from segstudio.gui.background.shared import ArrayAddress, AttachedArray

_NARROWEST = 1.0

Refiner = Callable[[NDArray[np.float32], Any, Ids | None], NDArray[np.float32]]
"""Refines probabilities of one picture; keeps what is worth keeping between two calls."""

Refine = Callable[[NDArray[np.uint8]], Refiner]


@dataclass(frozen=True, slots=True)
class Order:
    """One refinement.

    ``image`` is HxWx3 uint8, ``probabilities`` CxHxW float32, ``scribbles`` HxW uint8 channel
    indices with 255 for unknown or None; the most probable channels go to ``result``, HxW uint8.
    The picture is worked on at 1/``scale`` of its size.
    """

    image: ArrayAddress
    probabilities: ArrayAddress
    scribbles: ArrayAddress | None
    result: ArrayAddress
    parameters: Any
    scale: int


def dense_crf(image: NDArray[np.uint8]) -> Refiner:
    """The real engine; a function of its own, so that only the child imports it."""
    from segstudio.inference.crf import Lattices, refine

    lattices = Lattices(image)
    return lambda probabilities, parameters, scribbles: refine(
        image, probabilities, parameters, scribbles, lattices
    )


def serve(connection: Connection, refine: Refine, politeness: int) -> None:
    """Carry out orders until the window hangs up; an order of None lets the picture go.

    Every order is answered with None, or with the exception.
    """
    stand_back(politeness)
    picture: _Picture | None = None
    while True:
        try:
            order = connection.recv()
        except (EOFError, OSError):
            return
        if picture is not None and not picture.is_of(order):
            picture.close()
            picture = None
        if order is None:
            continue
        try:
            picture = picture or _Picture(order, refine)
            _carry_out(order, picture)
        except Exception as error:  # noqa: BLE001 - the window must hear of anything
            connection.send(portable(error))
        else:
            connection.send(None)


class _Picture:
    """Probabilities at the scale of the work and what refines them, kept between orders."""

    def __init__(self, order: Order, refine: Refine) -> None:
        self._key = _key(order)
        self._attached = [AttachedArray(order.image), AttachedArray(order.probabilities)]
        image, probabilities = (array.values for array in self._attached)
        self.shape = (image.shape[0], image.shape[1])
        self.probabilities: NDArray[np.float32] = probabilities
        if order.scale > 1:
            size = coarse_size(self.shape, order.scale)
            image = _shrunk(image, size)
            self.probabilities = np.stack([_shrunk(plane, size) for plane in probabilities])
        self.refine = refine(image)

    def is_of(self, order: Order | None) -> bool:
        return order is not None and self._key == _key(order)

    def close(self) -> None:
        del self.refine, self.probabilities
        for array in self._attached:
            array.close()


def _key(order: Order) -> tuple[str, str, int]:
    return order.image.name, order.probabilities.name, order.scale


def _carry_out(order: Order, picture: _Picture) -> None:
    parameters = coarse_parameters(order.parameters, order.scale)
    refined = picture.refine(picture.probabilities, parameters, _scribbles(order))
    result = AttachedArray(order.result)
    np.copyto(result.values, most_probable(refined, picture.shape))
    result.close()


def _scribbles(order: Order) -> Ids | None:
    if order.scribbles is None:
        return None
    attached = AttachedArray(order.scribbles)
    scribbles = coarse_scribbles(attached.values, order.scale)
    attached.close()
    return scribbles


def coarse_size(shape: tuple[int, int], scale: int) -> tuple[int, int]:
    """Rows and columns at 1/``scale``; what is left over counts as one more."""
    return -(-shape[0] // scale), -(-shape[1] // scale)


def coarse_parameters(parameters: Any, scale: int) -> Any:
    """Distances in pixels shrink with the picture, though not below the reach of one pixel.

    A narrower kernel has more vertices than there are pixels, and reaches none of them.
    """
    if scale == 1:
        return parameters
    return replace(
        parameters,
        smoothness_sigma_xy=max(_NARROWEST, parameters.smoothness_sigma_xy / scale),
        appearance_sigma_xy=parameters.appearance_sigma_xy / scale,
    )


def coarse_scribbles(scribbles: Ids, scale: int) -> Ids:
    """A block that holds any scribble is scribbled, so that thin strokes survive; a copy."""
    rows, columns = coarse_size(scribbles.shape[:2], scale)
    padded = np.full((rows * scale, columns * scale), VOID, np.uint8)
    padded[: scribbles.shape[0], : scribbles.shape[1]] = scribbles
    # Unknown is the largest value, so the least of a block is a label wherever it has one.
    blocks: Ids = padded.reshape(rows, scale, columns, scale).min(axis=(1, 3))
    return blocks


def most_probable(probabilities: NDArray[np.float32], shape: tuple[int, int]) -> Ids:
    """HxW uint8: the channel of the largest probability, interpolated to ``shape`` first."""
    if probabilities.shape[1:] == shape:
        return np.asarray(probabilities.argmax(axis=0), np.uint8)
    # Channel by channel: all channels at full size would cost C times the picture.
    channels = np.zeros(shape, np.uint8)
    best = _grown(probabilities[0], shape)
    for channel, plane in enumerate(probabilities[1:], start=1):
        grown = _grown(plane, shape)
        channels[grown > best] = channel
        np.maximum(best, grown, out=best)
    return channels


def _grown(plane: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    grown = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32)


def _shrunk(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return np.asarray(cv2.resize(plane, (size[1], size[0]), interpolation=cv2.INTER_AREA))
