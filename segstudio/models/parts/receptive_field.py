"""What a network sees, followed from one of its logits back to the picture.

A :data:`Span` is the first and the last pixel, along one axis of the map at hand, that the logit
depends on. Each function leads it from a layer's output to its input.
"""

from collections.abc import Callable

from segstudio.models.parts.blocks import Normalised, Upsampling

Span = tuple[int, int]


def before_convolutions(span: Span, count: int) -> Span:
    """Through so many 3x3 convolutions."""
    first, last = span
    return first - count, last + count


def before_pooling(span: Span, factor: int = 2) -> Span:
    """To the map that pooling made ``factor`` times smaller."""
    first, last = span
    return factor * first, factor * last + factor - 1


def before_upsampling(span: Span, how: Upsampling, factor: int = 2, *, overlap: int = 0) -> Span:
    """To the map that :func:`segstudio.models.parts.blocks.upsample` enlarged."""
    first, last = before_convolutions(span, 1 if how.endswith("+conv") else 0)
    mode = how.removesuffix("+conv")
    # How far a deep pixel is seen beyond its edge: interpolated ones by half their size at least.
    beside = {"nearest": 0, "transposed": overlap // 2}.get(mode, factor // 2)
    farther = 1 if mode == "bicubic" else 0
    return (first - beside) // factor - farther, (last + beside) // factor + farther


def before_encoder(span: Span, level: int) -> Span:
    """To the picture, from a map that ``level`` halvings with double convolutions led to."""
    for _ in range(level):
        span = before_pooling(before_convolutions(span, 2))
    return before_convolutions(span, 2)


def before_u_shape(span: Span, depth: int, how: Upsampling) -> Span:
    """To the picture, through a U-Net: double convolutions all the way down and up again."""
    for _ in range(depth):
        span = before_upsampling(before_convolutions(span, 2), how)
    return before_encoder(span, depth)


def together(*spans: Span) -> Span:
    """The span that holds them all, where several ways lead back."""
    return min(first for first, _ in spans), max(last for _, last in spans)


def field(follow: Callable[[Span], Span], grid: int, normalising: Normalised) -> int | None:
    """Edge of the square around a pixel that its logit sees, wherever on the pooling grid it is.

    None where each picture is normalised as a whole.

    Parameters
    ----------
    follow
        From a logit to what it sees of the picture.
    grid
        Edge of the pooling grid's cells.
    """
    if normalising == "group":
        return None
    seen = [(place, *follow((place, place))) for place in range(grid)]
    return 2 * max(max(place - first, last - place) for place, first, last in seen) + 1
