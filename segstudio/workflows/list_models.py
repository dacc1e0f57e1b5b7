"""Which architectures there are, and what they say about themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.models import ModelSpec

CLASSES = 21
"""Parameters are counted for this many classes (Pascal VOC's) and three channels."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One architecture with its default options.

    Attributes
    ----------
    paper
        Authors, year and title in one line.
    parameters
        Number of weights with :data:`CLASSES` classes.
    output_stride, minimum_size, receptive_field
        In pixels; a field of None is the whole picture.
    weights
        Names of the published weights.
    """

    name: str
    label: str
    family: str
    summary: str
    paper: str
    parameters: int
    options: dict[str, Any]
    output_stride: int
    minimum_size: int
    receptive_field: int | None
    weights: tuple[str, ...]


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
        paper=f"{spec.paper.authors} {spec.paper.year}: {spec.paper.title}",
        parameters=_parameters(spec.name),
        options={option.name: option.default for option in describe(spec.options)},
        output_stride=geometry.output_stride,
        minimum_size=geometry.minimum_size,
        receptive_field=geometry.receptive_field,
        weights=tuple(spec.weights),
    )


def _parameters(name: str) -> int:
    import torch

    from segstudio import models

    with torch.device("meta"):
        network = models.create(name, classes=CLASSES)
    return sum(weight.numel() for weight in network.parameters())
