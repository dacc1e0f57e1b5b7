"""How far a network sees, followed from one of its logits back to the picture.

A *reach* is how many pixels, on the map at hand, a value depends on to either side of its own
place: the farthest of all places that it can have on the pooling grid, so the bound may be a few
pixels generous. A 3x3 convolution adds 1 to it.
"""

from segstudio.models.parts.blocks import Normalised, Upsampling

_DOUBLE_CONV = 2


def before_pooling(reach: int, factor: int = 2) -> int:
    """On the map that pooling made ``factor`` times smaller."""
    return factor * reach + factor - 1


def before_upsampling(reach: int, how: Upsampling, factor: int = 2, *, overlap: int = 0) -> int:
    """On the map that :func:`segstudio.models.parts.blocks.upsample` enlarged."""
    if how.endswith("+conv"):
        reach += 1
    mode = how.removesuffix("+conv")
    # How much farther than its own edge a deep pixel is seen.
    beside = {"nearest": 0, "transposed": overlap // 2}.get(mode, factor // 2)
    farther = 1 if mode == "bicubic" else 0
    return -(-(reach + beside) // factor) + farther


def before_encoder(reach: int, level: int) -> int:
    """On the picture, from a map that ``level`` halvings with double convolutions led to."""
    for _ in range(level):
        reach = before_pooling(reach + _DOUBLE_CONV)
    return reach + _DOUBLE_CONV


def of_u_shape(depth: int, how: Upsampling) -> int:
    """Reach of a U-Net: double convolutions all the way down and up again."""
    reach = 0
    for _ in range(depth):
        reach = before_upsampling(reach + _DOUBLE_CONV, how)
    return before_encoder(reach, depth)


def field(reach: int, normalising: Normalised) -> int | None:
    """Edge of the square that a logit sees; None where each picture is normalised as a whole."""
    return None if normalising == "group" else 2 * reach + 1
