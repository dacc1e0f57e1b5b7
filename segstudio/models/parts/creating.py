"""Networks made by name."""

from typing import Any

from torch import nn

from segstudio.core.errors import SegStudioError
from segstudio.models.parts.initial import adopt
from segstudio.models.parts.spec import registry
from segstudio.models.parts.weights import read_published


def create(name: str, *, classes: int, channels: int = 3, **options: Any) -> nn.Module:
    """A network in training mode; its weights are random where its option ``weights`` is "none".

    Parameters
    ----------
    name
        An architecture of :func:`names`.
    classes
        Number of logits K per pixel.
    channels
        Number of input channels C.
    **options
        Fields of the architecture's options. Initial weights bring those that they need.

    Returns
    -------
    A module with ``forward(x: float (N,C,H,W)) -> float (N,K,H,W)``; in training mode it may
    return :class:`Output`.

    Raises
    ------
    SegStudioError
        Where the architecture or an option does not exist, a value is not allowed, or the weights
        that the option names are not downloaded yet.
    """
    spec = registry.get(name)
    if classes < 1 or channels < 1:
        raise SegStudioError(
            name, f"cannot have {classes} classes and {channels} channels", "Add a class first."
        )
    made = spec.make_options(**options)
    wanted = getattr(made, "weights", "none")
    if wanted == "none":
        return spec.build(classes, channels, made)
    initial = spec.initial[wanted]
    network = spec.build(classes, channels, spec.make_options(**{**initial.options, **options}))
    adopt(network, initial, read_published(initial))
    return network
