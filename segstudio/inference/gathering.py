"""Putting together what a network says on tiles, on the device that it runs on.

Nothing waits for the device between two tiles: there is one transfer, at the end.
"""

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.inference.tiling import Tile

_MOST_SHARE = 0.25
"""Of a card's free memory, for what is gathered; larger pictures are gathered in main memory."""

_ROWS = 64
"""Rows compared at a time: a few maps of them stay in the processor's cache."""


class Gathering(Protocol):
    """Takes logits tile by tile."""

    def add(self, tile: Tile, logits: Tensor) -> None:
        """Take a tile's (1,K,h,w) logits; they may be overwritten afterwards."""

    def result(self) -> NDArray[Any]:
        """What was gathered, in main memory; to be called once."""


class ProbabilityGathering:
    """The weighted mean of the tiles' probabilities, KxHxW float32.

    Parameters
    ----------
    shape
        Height and width of the whole.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._sum: Tensor | None = None
        self._weight: Tensor | None = None

    def add(self, tile: Tile, logits: Tensor) -> None:
        values = logits[0].float().softmax(dim=0)
        if tuple(values.shape[1:]) == self._shape:
            self._sum = values
            return
        if self._sum is None or self._weight is None:
            home = _home(values.device, (len(values) + 1) * self._shape[0] * self._shape[1] * 4)
            self._sum = torch.zeros((len(values), *self._shape), device=home)
            self._weight = torch.zeros(self._shape, device=home)
        weights = uploaded(tile.weights, self._sum.device)
        rows, columns = tile.rect.slices
        self._sum[:, rows, columns] += values.to(self._sum.device) * weights
        self._weight[rows, columns] += weights

    def result(self) -> NDArray[np.float32]:
        assert self._sum is not None
        if self._weight is not None:
            self._sum /= self._weight
        values: NDArray[np.float32] = self._sum.cpu().numpy()
        return values


class IndexGathering:
    """The most probable class of each pixel as HxW uint8 indices, of tiles that do not blend.

    Parameters
    ----------
    shape
        Height and width of the whole.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._indices: Tensor | None = None

    def add(self, tile: Tile, logits: Tensor) -> None:
        found = most_probable(logits[0])
        if tuple(found.shape) == self._shape:
            self._indices = found
            return
        if self._indices is None:
            self._indices = torch.zeros(self._shape, dtype=torch.uint8, device=found.device)
        rows, columns = (_counted(axis) for axis in (tile.rows, tile.columns))
        top, left = tile.rect.top, tile.rect.left
        target = self._indices[
            top + rows.start : top + rows.stop, left + columns.start : left + columns.stop
        ]
        target.copy_(found[rows, columns])

    def result(self) -> NDArray[np.uint8]:
        assert self._indices is not None
        indices: NDArray[np.uint8] = self._indices.cpu().numpy()
        return indices


def uploaded(values: NDArray[np.float32], device: torch.device) -> Tensor:
    """The values on a device; to a card from pinned memory, as other copies wait for its work."""
    tensor = torch.from_numpy(values)
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def most_probable(logits: Tensor) -> Tensor:
    """uint8 index of the largest of KxHxW logits; the first where several are.

    PyTorch's argmax over an outer axis is slow on the CPU (measured: up to ten times), and larger
    than a quick network's whole forward pass.
    """
    if logits.device.type != "cpu":
        return logits.argmax(dim=0).to(torch.uint8)
    planes = np.ascontiguousarray(logits.float().numpy())
    indices = np.zeros(planes.shape[1:], np.uint8)
    for row in range(0, len(indices), _ROWS):
        _fill_most_probable(planes[:, row : row + _ROWS], indices[row : row + _ROWS])
    return torch.from_numpy(indices)


def _fill_most_probable(planes: NDArray[np.float32], indices: NDArray[np.uint8]) -> None:
    best = planes[0].copy()
    for index, plane in enumerate(planes[1:], start=1):
        # Indices only grow: the largest of those that once were best is the best one's.
        np.maximum(indices, (plane > best).view(np.uint8) * np.uint8(index), out=indices)
        np.maximum(best, plane, out=best)


def _counted(weights: NDArray[np.float32]) -> slice:
    """The run of weights above 0."""
    places = np.flatnonzero(weights)
    return slice(int(places[0]), int(places[-1]) + 1)


def _home(device: torch.device, size: int) -> torch.device:
    if device.type != "cuda":
        return device
    free, _ = torch.cuda.mem_get_info(device)
    return device if size <= free * _MOST_SHARE else torch.device("cpu")
