"""Which architectures there are, and what they say about themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.models import InitialWeights, ModelSpec, Paper, PublishedWeights

CLASSES = 21
"""Parameters are counted for this many classes (Pascal VOC's) and three channels."""


@dataclass(frozen=True, slots=True)
class WeightsRow:
    """Weights that can be had; ``name`` is how commands and options call them."""

    name: str
    label: str
    megabytes: int


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One architecture with its default options.

    Attributes
    ----------
    summary, sets_apart
        What it is for, and what it does otherwise than its relatives, in a sentence each.
    paper
        Authors as one cites them, year and title.
    parameters
        Number of weights with :data:`CLASSES` classes.
    output_stride, minimum_size, receptive_field
        In pixels; a field of None is the whole picture.
    weights
        Published weights, ready to predict with.
    initial
        Published weights to start training from, as its option "weights" names them.
    """

    name: str
    label: str
    family: str
    summary: str
    sets_apart: str
    paper: "Paper"
    parameters: int
    options: dict[str, Any]
    output_stride: int
    minimum_size: int
    receptive_field: int | None
    weights: tuple[WeightsRow, ...]
    initial: tuple[WeightsRow, ...]


def list_models() -> Iterator[Progress]:
    """Describe every architecture.

    Yields
    ------
    :class:`Progress`; the last one's payload is a list of :class:`ModelRow`, sorted by name.
    """
    from segstudio import models

    names = models.names()
    rows: list[ModelRow] = []
    for name in names:
        rows.append(_row(models.spec(name)))
        yield Progress(len(rows), len(names), name, list(rows))


def _row(spec: "ModelSpec") -> ModelRow:
    from segstudio.core.options import describe

    geometry = spec.geometry()
    return ModelRow(
        name=spec.name,
        label=spec.label,
        family=spec.family,
        summary=spec.summary,
        sets_apart=spec.sets_apart,
        paper=spec.paper,
        parameters=_parameters(spec.name),
        options={option.name: option.default for option in describe(spec.options)},
        output_stride=geometry.output_stride,
        minimum_size=geometry.minimum_size,
        receptive_field=geometry.receptive_field,
        weights=_weights(spec.weights),
        initial=_weights(spec.initial),
    )


def _weights(
    known: "Mapping[str, PublishedWeights] | Mapping[str, InitialWeights]",
) -> tuple[WeightsRow, ...]:
    return tuple(WeightsRow(name, entry.label, entry.megabytes) for name, entry in known.items())


def _parameters(name: str) -> int:
    import torch

    from segstudio import models

    with torch.device("meta"):
        network = models.create(name, classes=CLASSES)
    return sum(weight.numel() for weight in network.parameters())
