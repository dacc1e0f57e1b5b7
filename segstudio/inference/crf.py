"""Refining probabilities by a dense conditional random field.

Krähenbühl & Koltun 2011, "Efficient Inference in Fully Connected CRFs with Gaussian Edge
Potentials", by its authors' code through pydensecrf. It holds Python's lock for the whole
inference: call it in a worker process where a window must stay alive.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.core.options import option
from segstudio.inference import tiling

LARGEST_PIXELS = 3_000_000
"""Larger pictures are refined in overlapping tiles, for the lattices' sake."""

_TILE, _OVERLAP = 1280, 0.25
# Below this a probability says nothing, and its logarithm too much.
_LEAST = 1e-5


@dataclass(frozen=True, slots=True)
class CrfParameters:
    """The energy's weights and widths (section 4 of the paper), and how sure scribbles are."""

    iterations: int = option(
        5,
        "Iterations",
        "Rounds of mean-field inference; more spread labels farther and take longer.",
        minimum=0,
        maximum=50,
    )
    smoothness_weight: float = option(
        3.0,
        "Smoothness",
        "How strongly neighbouring pixels are pulled to one class, whatever they look like.",
        minimum=0.0,
        maximum=30.0,
        decimals=1,
    )
    smoothness_sigma_xy: float = option(
        3.0,
        "Smoothness reach",
        "How far this pull reaches.",
        minimum=0.5,
        maximum=50.0,
        decimals=1,
        unit="px",
        logarithmic=True,
    )
    appearance_weight: float = option(
        5.0,
        "Appearance",
        "How strongly pixels of like colour are pulled to one class; too much erases thin things.",
        minimum=0.0,
        maximum=30.0,
        decimals=1,
    )
    appearance_sigma_xy: float = option(
        80.0,
        "Appearance reach",
        "How far apart pixels of like colour may be.",
        minimum=1.0,
        maximum=500.0,
        decimals=0,
        unit="px",
        logarithmic=True,
    )
    appearance_sigma_rgb: float = option(
        13.0,
        "Colour tolerance",
        "How much colours may differ and still count as alike, on a scale of 0 to 255.",
        minimum=1.0,
        maximum=100.0,
        decimals=0,
        logarithmic=True,
    )
    scribble_confidence: float = option(
        0.98,
        "Scribble confidence",
        "How sure a pixel labelled by hand is while labels spread; it keeps its class anyway.",
        minimum=0.5,
        maximum=0.999,
        decimals=3,
    )


def undecided(channels: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """CxHxW probabilities that favour no class: where there are scribbles and no model."""
    return np.full((channels, *shape), 1.0 / channels, np.float32)


def refine(
    image: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    parameters: CrfParameters,
    scribbles: Ids | None = None,
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
    colour = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image
    refined = np.zeros_like(probabilities, np.float32, order="C")
    if len(active) < 2:
        refined[active] = 1.0
        return refined
    values = _with_scribbles(_normalised(probabilities[active]), scribbles, parameters)
    refined[active] = _refined(colour, values, shape, parameters)
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


def _refined(
    colour: NDArray[np.uint8],
    values: NDArray[np.float32],
    shape: tuple[int, int],
    parameters: CrfParameters,
) -> NDArray[np.float32]:
    if shape[0] * shape[1] <= LARGEST_PIXELS:
        return _infer(colour, values, parameters)
    canvas = tiling.Canvas(len(values), shape)
    for tile in tiling.smooth_tiles(shape, _TILE, _OVERLAP, 1):
        rows, columns = tile.rect.slices
        canvas.add(tile, _infer(colour[rows, columns], values[:, rows, columns], parameters))
    return canvas.result()


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


def _normalised(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    values: NDArray[np.float32] = np.clip(probabilities, _LEAST, 1.0, dtype=np.float32)
    values /= values.sum(axis=0)
    return values


def _with_scribbles(
    values: NDArray[np.float32], scribbles: Ids | None, parameters: CrfParameters
) -> NDArray[np.float32]:
    """The human's pixels as near-certain: the confidence for their class, the rest shared."""
    if scribbles is None:
        return values
    channels = len(values)
    rows, columns = np.nonzero(scribbles != VOID)
    confidence = parameters.scribble_confidence
    values[:, rows, columns] = (1.0 - confidence) / (channels - 1)
    values[scribbles[rows, columns], rows, columns] = confidence
    return values


def _dense_crf() -> Any:
    """The authors' class, or a clear word where it could not be installed."""
    try:
        from pydensecrf.densecrf import DenseCRF2D
    except ImportError as error:
        raise SegStudioError(
            "CRF",
            "needs pydensecrf2, which is not installed and cannot be built for Python 3.13",
            "Use SegStudio with Python 3.11 or 3.12 to refine; all else works here.",
        ) from error
    return DenseCRF2D


def _infer(
    image: NDArray[np.uint8], values: NDArray[np.float32], parameters: CrfParameters
) -> NDArray[np.float32]:
    channels, height, width = values.shape
    field = _dense_crf()(width, height, channels)
    field.setUnaryEnergy(np.ascontiguousarray(-np.log(values).reshape(channels, -1)))
    if parameters.smoothness_weight > 0:
        field.addPairwiseGaussian(
            sxy=parameters.smoothness_sigma_xy, compat=parameters.smoothness_weight
        )
    if parameters.appearance_weight > 0:
        field.addPairwiseBilateral(
            sxy=parameters.appearance_sigma_xy,
            srgb=parameters.appearance_sigma_rgb,
            # pydensecrf takes neither views nor read-only arrays.
            rgbim=np.array(image, order="C"),
            compat=parameters.appearance_weight,
        )
    refined = np.array(field.inference(parameters.iterations), np.float32)
    return refined.reshape(channels, height, width)
