"""A Gaussian kernel on the pixels of one picture, as a permutohedral lattice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.inference.dense_crf import passes
from segstudio.inference.dense_crf.strips import Threads, parts, strips
from segstudio.inference.dense_crf.vertices import (
    MOST_DIMENSIONS,
    Floats,
    Places,
    neighbours,
    number,
    place,
)

_FARTHEST = 2.0**17
"""Coordinates beyond it, in standard deviations, would not fit into the words of a vertex."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Some neighbouring pixels and the vertices around them.

    Attributes
    ----------
    offsets, weights
        (n, d + 1): places among this strip's ``vertices``, and barycentric coordinates.
    vertices
        Numbers of those vertices in the lattice.
    """

    offsets: Places
    weights: Floats
    vertices: Places


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Filters values on pixels with a Gaussian over their features.

    Attributes
    ----------
    strips
        The pixels.
    near
        (M, d + 1, 2): each vertex's neighbours along each axis, M for none.
    degrees
        N float32: what filtering a constant 1 gives; norms are made of it.
    """

    strips: tuple[Strip, ...]
    near: NDArray[np.uint32]
    degrees: Floats

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        held = [array for s in self.strips for array in (s.offsets, s.weights, s.vertices)]
        return sum(array.nbytes for array in (*held, self.near, self.degrees))

    def blurred(self, gathered: list[Floats], threads: Threads) -> Floats:
        """Gather what strips have splatted, and blur it along every axis.

        Parameters
        ----------
        gathered
            For each strip the (m, C) values at its vertices.

        Returns
        -------
        (M + 1, C), the last row 0, scaled so that slicing gives the filtered values.
        """
        return _blurred(self.strips, self.near, gathered, threads)


def build(features: Floats, threads: Threads) -> Lattice:
    """The lattice of these pixels.

    Parameters
    ----------
    features
        (N, d) float32 in standard deviations of the Gaussian.

    Raises
    ------
    SegStudioError
        Where a feature is farther than 131,072 standard deviations from 0.
    """
    pixels, d = features.shape
    assert d <= MOST_DIMENSIONS
    if pixels and float(np.abs(features).max()) > _FARTHEST:
        raise SegStudioError(
            "CRF", "the picture is too large for so small a reach", "Choose a larger reach."
        )
    offsets = np.empty((pixels, d + 1), np.uint32)
    weights = np.empty((pixels, d + 1), np.float32)
    cuts = strips(pixels)
    words = threads.each(lambda cut: place(features[cut], offsets[cut], weights[cut]), cuts)
    first, second = (np.concatenate(halves) for halves in zip(*words, strict=True))
    numbers, table, first, second = number(first, second)
    near = np.empty((len(first), d + 1, 2), np.uint32)
    threads.each(lambda axis: neighbours(table, first, second, axis, near), range(d + 1))
    ends = np.cumsum([len(word) for word, _ in words])[:-1]
    made = tuple(
        Strip(offsets[cut], weights[cut], vertices)
        for cut, vertices in zip(cuts, np.split(numbers, ends), strict=True)
    )
    return Lattice(made, near, _degrees(made, near, threads))


def _degrees(made: tuple[Strip, ...], near: NDArray[np.uint32], threads: Threads) -> Floats:
    gathered = threads.each(_splatted_ones, made)
    blurred = _blurred(made, near, gathered, threads)
    return np.concatenate(threads.each(lambda strip: _sliced(strip, blurred), made))


def _splatted_ones(strip: Strip) -> Floats:
    at_vertices = np.zeros((len(strip.vertices), 1), np.float32)
    ones = np.ones((len(strip.offsets), 1), np.float32)
    passes.splat(strip.offsets, strip.weights, ones[:, 0], ones, at_vertices)
    return at_vertices


def _sliced(strip: Strip, blurred: Floats) -> Floats:
    sliced = np.zeros((len(strip.offsets), 1), np.float32)
    ones = np.ones(len(sliced), np.float32)
    passes.add_sliced(strip.offsets, strip.weights, ones, blurred[strip.vertices], sliced)
    return sliced[:, 0]


def _blurred(
    made: tuple[Strip, ...], near: NDArray[np.uint32], gathered: list[Floats], threads: Threads
) -> Floats:
    axes = near.shape[1]
    values = np.zeros((len(near) + 1, gathered[0].shape[1]), np.float32)
    for strip, at_vertices in zip(made, gathered, strict=True):
        passes.gather(strip.vertices, at_vertices, values)
    other = np.zeros_like(values)
    runs = parts(len(near), threads.count)
    for axis in range(axes):
        _blur(values, near, axis, other, runs, threads)
        values, other = other, values
    # The blurs' gain, as the lattice's authors and Krähenbühl & Koltun's program count it.
    values /= np.float32(1.0 + 2.0 ** (1 - axes))
    return values


def _blur(
    values: Floats,
    near: NDArray[np.uint32],
    axis: int,
    out: Floats,
    runs: list[slice],
    threads: Threads,
) -> None:
    threads.each(lambda run: passes.blur(run.start, run.stop, values, near, axis, out), runs)
