"""Refining probabilities by a dense conditional random field.

Krähenbühl & Koltun 2011, "Efficient Inference in Fully Connected CRFs with Gaussian Edge
Potentials". The kinds of kernel that their program knows (constant, diagonal, full) differ in what
can be learnt, not in what is inferred; here sigmas are set.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.inference import tiling
from segstudio.inference.crf_parameters import CrfParameters

if TYPE_CHECKING:
    from segstudio.inference.dense_crf.lattice import Lattice
    from segstudio.inference.dense_crf.mean_field import Term
    from segstudio.inference.dense_crf.strips import Threads

__all__ = ["LARGEST_PIXELS", "CrfParameters", "Lattices", "refine", "undecided"]

LARGEST_PIXELS = 9_000_000
"""Larger pictures are refined in overlapping tiles: a pixel needs 90 bytes and 8 for each class."""

_TILE, _OVERLAP = 1280, 0.25
# Below this a probability says nothing, and its logarithm too much.
_LEAST = 1e-5


class Lattices:
    """The lattices of one picture, built when first asked for; of each kind the last is kept.

    Parameters
    ----------
    image
        HxWx3 or HxW uint8, see :attr:`segstudio.core.frame.Frame.display`.
    """

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self.image = image
        self._kept: dict[str, tuple[tuple[float, ...], Lattice]] = {}

    def smoothness(self, sigma_xy: float, threads: "Threads") -> "Lattice":
        """The kernel over places; ``sigma_xy`` in pixels."""
        return self._lattice("smoothness", (sigma_xy,), threads)

    def appearance(self, sigma_xy: float, sigma_rgb: float, threads: "Threads") -> "Lattice":
        """The kernel over places and colours; ``sigma_rgb`` on a scale of 0 to 255."""
        return self._lattice("appearance", (sigma_xy, sigma_rgb), threads)

    @property
    def bytes(self) -> int:
        """Memory that the kept ones take."""
        return sum(lattice.bytes for _, lattice in self._kept.values())

    def _lattice(self, kind: str, sigmas: tuple[float, ...], threads: "Threads") -> "Lattice":
        from segstudio.inference.dense_crf.lattice import build

        if kind in self._kept and self._kept[kind][0] != sigmas:
            del self._kept[kind]  # before the next is built: both would take twice the memory
        if kind not in self._kept:
            self._kept[kind] = sigmas, build(_features(self.image, *sigmas), threads)
        return self._kept[kind][1]


def undecided(channels: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """CxHxW probabilities that favour no class: where there are scribbles and no model."""
    return np.full((channels, *shape), 1.0 / channels, np.float32)


def refine(
    image: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    parameters: CrfParameters,
    scribbles: Ids | None = None,
    lattices: Lattices | None = None,
) -> NDArray[np.float32]:
    """Probabilities that agree with the picture's edges and with the human's scribbles.

    Parameters
    ----------
    image
        HxWx3 or HxW uint8, see :attr:`segstudio.core.frame.Frame.display`.
    probabilities
        CxHxW float; clipped and normalised here, the argument stays as it is.
    scribbles
        HxW uint8: the channel that a human chose, 255 where none.
    lattices
        Those of this very image, where it is refined more than once.

    Returns
    -------
    CxHxW float32, summing to 1 over C.

    Raises
    ------
    SegStudioError
        Where shapes differ, or a probability is not a number.
    """
    shape = _checked_shape(image, probabilities, scribbles)
    active, scribbles = _active(probabilities, scribbles)
    if len(active) < 2:
        refined = np.zeros_like(probabilities, np.float32, order="C")
        refined[active] = 1.0
        return refined
    parameters = parameters.with_channels({int(c): place for place, c in enumerate(active)})
    everything = len(active) == len(probabilities)
    values = probabilities if everything else probabilities[active]
    inferred = _inferred(image, values, scribbles, parameters, lattices)
    if everything:
        return inferred
    refined = np.zeros((len(probabilities), *shape), np.float32)
    refined[active] = inferred
    return refined


def _active(
    probabilities: NDArray[np.float32], scribbles: Ids | None
) -> tuple[NDArray[np.intp], Ids | None]:
    """Channels that anything speaks for, and the scribbles counted in those.

    A project often has classes that its model does not know; each would cost as much as any other.
    """
    chosen = np.zeros(max(256, len(probabilities)), np.bool_)
    if scribbles is not None:
        chosen[np.unique(scribbles)] = True
    flat = probabilities.reshape(len(probabilities), -1)
    spoken_for = chosen[: len(flat)] | (flat.max(axis=1, initial=0.0) > _LEAST)
    active = np.flatnonzero(spoken_for if spoken_for.any() else np.ones(len(flat), np.bool_))
    if scribbles is None:
        return active, None
    lookup = np.full(256, VOID, np.uint8)
    known = active[active < VOID]
    lookup[known] = np.arange(len(known), dtype=np.uint8)
    return active, lookup[scribbles]


def _inferred(
    image: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    scribbles: Ids | None,
    parameters: CrfParameters,
    lattices: Lattices | None,
) -> NDArray[np.float32]:
    """CxHxW, whole or in tiles."""
    shape = (image.shape[0], image.shape[1])
    if shape[0] * shape[1] <= LARGEST_PIXELS:
        lattices = lattices or Lattices(image)
        return _infer(lattices, probabilities, scribbles, parameters)
    canvas = tiling.Canvas(len(probabilities), shape)
    for tile in tiling.smooth_tiles(shape, _TILE, _OVERLAP, 1):
        part = tile.rect.slices
        known = None if scribbles is None else scribbles[part]
        values = probabilities[:, *part]
        canvas.add(tile, _infer(Lattices(image[part]), values, known, parameters))
    return canvas.result()


def _infer(
    lattices: Lattices,
    probabilities: NDArray[np.float32],
    scribbles: Ids | None,
    parameters: CrfParameters,
) -> NDArray[np.float32]:
    # numba takes half a second to import, and is not needed to show a panel.
    from segstudio.inference.dense_crf.mean_field import infer
    from segstudio.inference.dense_crf.strips import Threads

    with Threads() as threads:
        log_unary = _log_unary(probabilities, scribbles, parameters, threads)
        smoothness = _smoothness(lattices, parameters, len(probabilities), threads)
        appearance = _appearance(lattices, parameters, len(probabilities), threads)
        refined = infer(log_unary, smoothness, appearance, parameters.iterations, threads)
    return refined.T.reshape(probabilities.shape)


def _smoothness(
    lattices: Lattices, parameters: CrfParameters, channels: int, threads: "Threads"
) -> "Term | None":
    weight = parameters.smoothness_weight
    if not (weight and parameters.iterations):
        return None
    lattice = lattices.smoothness(parameters.smoothness_sigma_xy, threads)
    return _term(lattice, weight, parameters, channels)


def _appearance(
    lattices: Lattices, parameters: CrfParameters, channels: int, threads: "Threads"
) -> "Term | None":
    weight = parameters.appearance_weight
    if not (weight and parameters.iterations):
        return None
    sigmas = parameters.appearance_sigma_xy, parameters.appearance_sigma_rgb
    return _term(lattices.appearance(*sigmas, threads), weight, parameters, channels)


def _term(lattice: "Lattice", weight: float, parameters: CrfParameters, channels: int) -> "Term":
    from segstudio.inference.dense_crf.mean_field import Term

    return Term(lattice, _gains(weight, parameters, channels), parameters.normalisation)


def _gains(weight: float, parameters: CrfParameters, channels: int) -> NDArray[np.float32]:
    """(C, C): each class pulls to itself, and a pair pushes apart by what exceeds Potts' penalty.

    That is the compatibility transform of section 2, but for a constant that all classes share.
    """
    gains = np.eye(channels, dtype=np.float32)
    for one, other, factor in parameters.penalties:
        gains[one, other] = gains[other, one] = 1.0 - factor
    return gains * np.float32(weight)


def _log_unary(
    probabilities: NDArray[np.float32],
    scribbles: Ids | None,
    parameters: CrfParameters,
    threads: "Threads",
) -> NDArray[np.float32]:
    """(N, C): the human's pixels near-certain for their class, the rest of it shared."""
    from segstudio.inference.dense_crf.strips import strips

    channels = len(probabilities)
    flat = probabilities.reshape(channels, -1)
    logarithms = np.empty((flat.shape[1], channels), np.float32)

    def fill(strip: slice) -> None:
        np.log(np.clip(flat[:, strip], _LEAST, 1.0).T, out=logarithms[strip])

    threads.each(fill, strips(flat.shape[1]))
    if scribbles is not None:
        (known,) = np.nonzero(scribbles.ravel() != VOID)
        confidence = parameters.scribble_confidence
        logarithms[known] = np.log((1.0 - confidence) / (channels - 1))
        logarithms[known, scribbles.ravel()[known]] = np.log(confidence)
    return logarithms


def _features(
    image: NDArray[np.uint8], sigma_xy: float, sigma_rgb: float | None = None
) -> NDArray[np.float32]:
    """(N, 2) places or (N, 5) places and colours, in standard deviations."""
    height, width = image.shape[:2]
    features = np.empty((height, width, 2 if sigma_rgb is None else 5), np.float32)
    features[..., 0] = np.arange(width, dtype=np.float32) / np.float32(sigma_xy)
    features[..., 1] = np.arange(height, dtype=np.float32)[:, None] / np.float32(sigma_xy)
    if sigma_rgb is not None:
        colours = image if image.ndim == 3 else image[..., None]
        features[..., 2:] = colours / np.float32(sigma_rgb)
    return features.reshape(height * width, -1)


def _checked_shape(
    image: NDArray[Any], probabilities: NDArray[Any], scribbles: Ids | None
) -> tuple[int, int]:
    shape = (image.shape[0], image.shape[1])
    if image.dtype != np.uint8 or (image.ndim == 3 and image.shape[2] != 3):
        raise SegStudioError(
            "CRF", f"needs an 8-bit grey or RGB picture, not {image.dtype} {image.shape}"
        )
    if probabilities.shape[1:] != shape or (scribbles is not None and scribbles.shape != shape):
        raise SegStudioError("CRF", "picture, probabilities and scribbles differ in size")
    if not np.isfinite(probabilities).all():
        raise SegStudioError(
            "CRF", "the probabilities hold values that are no numbers", "Use another checkpoint."
        )
    return shape
