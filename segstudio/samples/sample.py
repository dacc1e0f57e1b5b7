"""What the drawing rooms hand out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids

Floats = NDArray[np.floating[Any]]
"""Float32 wherever it is large. Colours are linear light: 0 is dark, about 1 white in the sun."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One drawn picture and the truth about it.

    Attributes
    ----------
    picture
        HxWx3 (RGB) or HxW (grey), uint8 or uint16.
    ids
        HxW uint8 class ids; every pixel has a class, and no edge is smoothed.
    """

    picture: NDArray[Any]
    ids: Ids
