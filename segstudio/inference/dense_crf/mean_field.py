"""Mean-field inference in a fully connected CRF (Krähenbühl & Koltun 2011, algorithm 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.inference.crf_parameters import Norm
from segstudio.inference.dense_crf import passes
from segstudio.inference.dense_crf.lattice import Lattice, Strip
from segstudio.inference.dense_crf.passes import Side
from segstudio.inference.dense_crf.strips import Threads, strips
from segstudio.inference.dense_crf.vertices import Floats

_TINY = 1e-20


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One pairwise term of the energy.

    Attributes
    ----------
    lattice
        Its Gaussian kernel.
    gains
        (C, C) float32: what a class's probability at like pixels adds to the logarithm of
        another's; the weight times the identity for the Potts model.
    norm
        Where values are divided by the kernel's degrees: by their square root before and after
        filtering, by all of them on one side, or not at all.
    """

    lattice: Lattice
    gains: Floats
    norm: Norm = "symmetric"


def infer(
    log_unary: Floats, one: Term | None, other: Term | None, iterations: int, threads: Threads
) -> Floats:
    """Probabilities after some rounds.

    Parameters
    ----------
    log_unary
        (N, C) float32: logarithms of the unary probabilities, up to a constant for each pixel.
    one, other
        The pairwise terms; None for one without weight.
    iterations
        0 and more; each round filters once with each kernel.

    Returns
    -------
    (N, C) float32, each row summing to 1.
    """
    cuts = strips(len(log_unary))
    kernels = [_Kernel(term, cuts, log_unary.shape[1]) for term in (one, other)]
    result = np.empty_like(log_unary)
    for left in range(iterations, -1, -1):
        target = result if left == 0 else None
        sides = [kernel.sides() for kernel in kernels]
        threads.each(
            lambda strip: passes.step(*strip),
            [
                (log_unary[cut], first, second, result[:0] if target is None else target[cut])
                for cut, first, second in zip(cuts, *sides, strict=True)
            ],
        )
        if left:
            for kernel, splatted in zip(kernels, sides, strict=True):
                kernel.filter([side.out for side in splatted], threads)
    return result


class _Kernel:
    """A term at work: what its vertices hold between two rounds."""

    def __init__(self, term: Term | None, cuts: Sequence[slice], channels: int) -> None:
        self._term = term
        self._cuts = cuts
        self._blurred: Floats | None = None
        self._none = np.empty((0, channels), np.float32)
        self._norms = _norms(term, cuts[-1].stop)
        self._strips = term.lattice.strips if term else [_without_vertices(cut) for cut in cuts]

    def sides(self) -> list[Side]:
        """What each strip slices from, and splats to."""
        return [self._side(*pair) for pair in zip(self._strips, self._cuts, strict=True)]

    def filter(self, splatted: list[Floats], threads: Threads) -> None:
        """Blur what the strips have splatted, and let classes act on each other."""
        if self._term is None:
            return
        values = self._term.lattice.blurred(splatted, threads)
        gains = self._term.gains
        # Slicing is linear, so that mixing classes at the vertices mixes them at the pixels.
        alone = np.count_nonzero(gains) == np.count_nonzero(np.diagonal(gains))
        self._blurred = values * np.diagonal(gains) if alone else values @ gains.T

    def _side(self, strip: Strip, cut: slice) -> Side:
        vertices = self._none if self._blurred is None else self._blurred[strip.vertices]
        out = np.zeros((len(strip.vertices), self._none.shape[1]), np.float32)
        return Side(strip.offsets, strip.weights, self._norms[cut], vertices, out)


def _without_vertices(cut: slice) -> Strip:
    pixels = cut.stop - cut.start
    offsets, weights = np.empty((pixels, 0), np.uint32), np.empty((pixels, 0), np.float32)
    return Strip(offsets, weights, np.empty(0, np.uint32))


def _norms(term: Term | None, pixels: int) -> Floats:
    """(N, 2): factors before splatting and after slicing."""
    norms = np.ones((pixels, 2), np.float32)
    if term is not None and term.norm != "none":
        degrees = term.lattice.degrees + np.float32(_TINY)
        if term.norm == "symmetric":
            norms[:] = (1.0 / np.sqrt(degrees))[:, None]
        else:
            norms[:, ("before", "after").index(term.norm)] = 1.0 / degrees
    return norms
