"""The passes over pixels and vertices that filtering is made of.

Adams et al. 2010, section 3: splat (each pixel gives to the vertices around it), blur (each vertex
takes from its neighbours, axis by axis), slice (each pixel takes from the vertices around it).
Between slicing and splatting again lies one step of mean-field inference; doing it block by block
keeps values in the processor's cache.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.dense_crf.compiled import compiled, compiled_freely
from segstudio.inference.dense_crf.vertices import Floats, Places

_BLOCK = 512
_LEAST_EXPONENT = -126.0
_MANTISSA_BITS = 23
_EXPONENT_OF_ONE = 127


@compiled_freely
def splat(offsets: Places, weights: Floats, norm: Floats, values: Floats, out: Floats) -> None:
    """Add values (n, C), times ``norm`` (n), to the vertices ``out`` (m, C) around them."""
    for i in range(offsets.shape[0]):
        for j in range(offsets.shape[1]):
            vertex = offsets[i, j]
            weight = weights[i, j] * norm[i]
            for c in range(values.shape[1]):
                out[vertex, c] += weight * values[i, c]


@compiled_freely
def add_sliced(
    offsets: Places, weights: Floats, norm: Floats, vertices: Floats, out: Floats
) -> None:
    """Add to ``out`` (n, C) what the vertices (m, C) around it hold, times ``norm`` (n)."""
    for i in range(offsets.shape[0]):
        for j in range(offsets.shape[1]):
            vertex = offsets[i, j]
            weight = weights[i, j] * norm[i]
            for c in range(out.shape[1]):
                out[i, c] += weight * vertices[vertex, c]


@compiled_freely
def gather(places: Places, at_vertices: Floats, out: Floats) -> None:
    """Add a strip's vertices (m, C) to the lattice's (M + 1, C)."""
    for k in range(len(places)):
        vertex = places[k]
        for c in range(out.shape[1]):
            out[vertex, c] += at_vertices[k, c]


@compiled_freely
def blur(
    start: int, stop: int, values: Floats, near: NDArray[np.uint32], axis: int, out: Floats
) -> None:
    """Vertices ``start`` to ``stop`` take half of both neighbours along an axis."""
    for vertex in range(start, stop):
        before, after = near[vertex, axis, 0], near[vertex, axis, 1]
        for c in range(values.shape[1]):
            beside = values[before, c] + values[after, c]
            out[vertex, c] = values[vertex, c] + np.float32(0.5) * beside


class Side(NamedTuple):
    """What one kernel means to a strip of n pixels with m vertices around them.

    Attributes
    ----------
    offsets, weights
        (n, d + 1); (n, 0) for a kernel without weight.
    norms
        (n, 2): factors before splatting and after slicing.
    vertices
        (m, C) that are sliced, or (0, C) at the first step.
    out
        (m, C) that is splatted to.
    """

    offsets: Places
    weights: Floats
    norms: Floats
    vertices: Floats
    out: Floats


@compiled
def step(log_unary: Floats, one: Side, other: Side, result: Floats) -> None:
    """One step of mean-field inference on a strip, with two kernels.

    Krähenbühl & Koltun 2011, algorithm 1: what the vertices hold (compatibility is in it already)
    is sliced and added to the logarithms of the unary probabilities, which gives probabilities
    again; those are splatted for the next step, or written where it was the last.

    Parameters
    ----------
    log_unary
        (n, C).
    result
        (n, C) that gets the probabilities, or (0, C) where they are splatted.
    """
    pixels, channels = log_unary.shape
    buffer = np.empty((_BLOCK, channels), np.float32)
    for start in range(0, pixels, _BLOCK):
        end = min(pixels, start + _BLOCK)
        values = buffer[: end - start]
        values[:] = log_unary[start:end]
        _slice_block(one, start, end, values)
        _slice_block(other, start, end, values)
        softmax(values)
        if len(result):
            result[start:end] = values
        else:
            _splat_block(one, start, end, values)
            _splat_block(other, start, end, values)


@compiled
def _slice_block(side: Side, start: int, end: int, values: Floats) -> None:
    if len(side.vertices):
        norms = side.norms[start:end, 1]
        offsets, weights = side.offsets[start:end], side.weights[start:end]
        add_sliced(offsets, weights, norms, side.vertices, values)


@compiled
def _splat_block(side: Side, start: int, end: int, values: Floats) -> None:
    norms = side.norms[start:end, 0]
    splat(side.offsets[start:end], side.weights[start:end], norms, values, side.out)


@compiled
def softmax(values: Floats) -> None:
    """Exponentiate (n, C) and divide by the sums over C, in place.

    The exponential is a polynomial of degree 6 for the fraction of the power of two, right to
    2e-7; unlike the library's it runs on several values at once.
    """
    channels = values.shape[1]
    bits = np.empty(channels, np.int32)
    powers = bits.view(np.float32)
    for i in range(values.shape[0]):
        top = values[i, 0]
        for c in range(1, channels):
            top = max(top, values[i, c])
        for c in range(channels):
            exponent = max(
                (values[i, c] - top) * np.float32(1.4426950408889634), np.float32(_LEAST_EXPONENT)
            )
            whole = np.floor(exponent)
            bits[c] = (np.int32(whole) + np.int32(_EXPONENT_OF_ONE)) << np.int32(_MANTISSA_BITS)
            values[i, c] = _power_of_two(exponent - whole)
        total = np.float32(0)
        for c in range(channels):
            values[i, c] *= powers[c]
            total += values[i, c]
        share = np.float32(1) / total
        for c in range(channels):
            values[i, c] *= share


@compiled
def _power_of_two(part: np.float32) -> np.float32:
    """2 to the power of a fraction, 0 to 1."""
    value = np.float32(0.00015404)
    value = value * part + np.float32(0.00133336)
    value = value * part + np.float32(0.00961813)
    value = value * part + np.float32(0.05550411)
    value = value * part + np.float32(0.24022651)
    value = value * part + np.float32(0.69314718)
    return value * part + np.float32(1)
