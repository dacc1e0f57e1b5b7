"""Where a look is worth most: the places that a model doubts and no human has decided."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect

_WINDOWS = 12
"""So many windows lie along the longer side: small enough to lead the eye, large enough to count
more than a single border."""

_SMALLEST = 4
_STEPS = 4
"""Windows are tried at every quarter of their edge."""

_LEAST = 0.02
"""Share of the greatest possible uncertainty below which a window is not worth a look."""


def worst_places(uncertainty: Ids, verified: Mask, limit: int = 32) -> tuple[Rect, ...]:
    """The windows with most doubt, the worst first; none overlaps another.

    Parameters
    ----------
    uncertainty
        HxW uint8: 0 where the model is sure, 255 where all classes are alike. A subsampled plane
        does: windows are in its pixels.
    verified
        HxW: pixels that a human has decided; they do not count.
    limit
        At most so many.
    """
    tops, lefts, edge = _windows(uncertainty.shape[0], uncertainty.shape[1])
    sums = _sums(np.where(verified, np.uint8(0), uncertainty), tops, lefts, edge)
    least = _LEAST * 255 * min(edge, uncertainty.shape[0]) * min(edge, uncertainty.shape[1])
    places: list[Rect] = []
    while len(places) < limit and sums.max() >= max(1.0, least):
        row, column = np.unravel_index(int(sums.argmax()), sums.shape)
        top, left = int(tops[row]), int(lefts[column])
        whole = Rect.of_shape(uncertainty.shape)
        places.append(Rect(top, left, top + edge, left + edge).intersect(whole))
        beside = np.abs(tops - top) < edge, np.abs(lefts - left) < edge
        sums[np.ix_(*beside)] = 0
    return tuple(places)


def _windows(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Tops and lefts of the windows that are tried, and their edge."""
    edge = max(_SMALLEST, max(height, width) // _WINDOWS)
    return _starts(height, edge), _starts(width, edge), edge


def _starts(length: int, edge: int) -> NDArray[np.int64]:
    last = max(0, length - edge)
    return np.unique(np.append(np.arange(0, last, max(1, edge // _STEPS)), last))


def _sums(
    plane: Ids, tops: NDArray[np.int64], lefts: NDArray[np.int64], edge: int
) -> NDArray[np.float64]:
    """The sum of each window, from the sums of everything above and to the left."""
    total = np.pad(plane.cumsum(0, np.float64).cumsum(1), ((1, 0), (1, 0)))
    bottoms = np.minimum(tops + edge, plane.shape[0])
    rights = np.minimum(lefts + edge, plane.shape[1])
    sums: NDArray[np.float64] = (
        total[np.ix_(bottoms, rights)]
        - total[np.ix_(tops, rights)]
        - total[np.ix_(bottoms, lefts)]
        + total[np.ix_(tops, lefts)]
    )
    return sums
