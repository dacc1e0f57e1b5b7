"""What an architecture says about itself, and the registry that finds it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from torch import Tensor, nn

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.options import OptionSpec, describe
from segstudio.core.registry import Registry
from segstudio.models.parts.initial import Convert, InitialWeights


class Output(NamedTuple):
    """What a network with auxiliary heads returns in training mode.

    All are float (N,K,H,W) logits at input size.
    """

    logits: Tensor
    aux: tuple[Tensor, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Where an architecture comes from; ``authors`` as one cites them, "Long et al."."""

    authors: str
    year: int
    title: str


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Mean and standard deviation of each input channel, on a scale where pixels run 0 to 1."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def imagenet(cls, channels: int = 3) -> "Normalisation":
        """ImageNet's statistics; other channel counts than 3 get their mean in every channel."""
        mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        if channels == 3:
            return cls(mean, std)
        return cls((sum(mean) / 3,) * channels, (sum(std) / 3,) * channels)


@dataclass(frozen=True, slots=True)
class Geometry:
    """What tiling must know of a network with certain options.

    Attributes
    ----------
    minimum_size
        Smallest height and width of an input, in pixels.
    output_stride
        Input pixels per pixel of the coarsest map that logits are computed from.
    receptive_field
        Edge, in pixels, of the square that one logit sees; None where it sees the whole input.
    alignment
        Tiles must begin at multiples of this many pixels to meet the same pooling grid.
    """

    minimum_size: int
    output_stride: int
    receptive_field: int | None
    alignment: int


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """Weights that the authors of a network publish, as data.

    Attributes
    ----------
    name
        Unique within the architecture.
    url
        Where the file lies; its last part is the name in the cache.
    sha256
        The first digits of the file's SHA-256.
    megabytes
        Size of the download, for messages.
    classes, normalisation, options
        What goes into the checkpoint beside the weights.
    """

    name: str
    label: str
    url: str
    sha256: str
    megabytes: int
    classes: ClassTable
    normalisation: Normalisation
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """How another implementation of the same network names its weights.

    Attributes
    ----------
    name
        The implementation, as people know it: "wkentaro/pytorch-fcn".
    convert
        From its ``state_dict`` to this network's keys. What has no counterpart keeps its key, so
        that a message can name it.
    options
        Options of the architecture that the weights were made for.
    normalisation
        What they expect of pictures whose pixels run 0 to 1, in the order red, green, blue.
    """

    name: str
    convert: Convert
    options: Mapping[str, Any] = field(default_factory=dict)
    normalisation: Normalisation = field(default_factory=Normalisation.imagenet)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One architecture.

    Attributes
    ----------
    name, label
        For commands and files; for people.
    build
        ``build(classes, channels, options)`` gives the network with random weights.
    options
        Frozen dataclass whose fields are made by :func:`segstudio.core.options.option`.
    shape
        ``shape(options)`` gives the :class:`Geometry`.
    sets_apart
        One sentence: what it does otherwise than its relatives ("sums its skips").
    weights
        Published weights by name, ready to predict with; the first is the one to offer.
    initial
        Published weights to start training from, by the names that its option ``weights`` has
        beside "none".
    layouts
        Other implementations whose files can be imported.
    highest_lr
        Where the learning rates that normalised networks bear from random weights would be too
        much: the highest one to begin with.
    """

    name: str
    label: str
    family: str
    paper: Paper
    summary: str
    build: Callable[[int, int, Any], nn.Module]
    options: type
    shape: Callable[[Any], Geometry]
    sets_apart: str = ""
    weights: Mapping[str, PublishedWeights] = field(default_factory=dict)
    initial: Mapping[str, InitialWeights] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
    highest_lr: float = math.inf

    def geometry(self, **options: Any) -> Geometry:
        """Minimum size, strides and receptive field with these options.

        Raises
        ------
        SegStudioError
            As :meth:`make_options`.
        """
        return self.shape(self.make_options(**options))

    @property
    def minimum_size(self) -> int:
        return self.geometry().minimum_size

    @property
    def output_stride(self) -> int:
        return self.geometry().output_stride

    @property
    def receptive_field(self) -> int | None:
        return self.geometry().receptive_field

    def make_options(self, **options: Any) -> Any:
        """The options dataclass with these fields set.

        Raises
        ------
        SegStudioError
            Where an option does not exist or its value is not allowed.
        """
        known = {entry.name: entry for entry in describe(self.options)}
        for name, value in options.items():
            if name not in known:
                raise SegStudioError(
                    f"option {name!r} of {self.name}",
                    "does not exist",
                    f"Known are: {', '.join(f.name for f in fields(self.options))}.",
                )
            _check(self.name, known[name], value)
        return self.options(**options)


registry: Registry[ModelSpec] = Registry("segstudio.models", "architecture", "segstudio.models")


def names() -> list[str]:
    """Names of all architectures, sorted."""
    return registry.names()


def spec(name: str) -> ModelSpec:
    """What this architecture says about itself.

    Raises
    ------
    SegStudioError
        Where there is none of this name; the message lists the names.
    """
    return registry.get(name)


def _check(model: str, option: OptionSpec, value: Any) -> None:
    # bool is an int to Python, and an int is a fine float to everybody.
    kinds = (int, float) if option.kind is float else (option.kind,)
    right_kind = isinstance(value, kinds) and isinstance(value, bool) == (option.kind is bool)
    if not right_kind or (option.choices and value not in option.choices):
        allowed = ", ".join(map(str, option.choices)) or option.kind.__name__
        reason = f"cannot be {value!r}"
    elif not _within(option, value):
        allowed, reason = f"{option.minimum:g} to {option.maximum:g}", f"cannot be {value!r}"
    else:
        return
    raise SegStudioError(f"option {option.name!r} of {model}", reason, f"Allowed: {allowed}.")


def _within(option: OptionSpec, value: Any) -> bool:
    low, high = option.minimum, option.maximum
    return (low is None or value >= low) and (high is None or value <= high)
