"""What there is to know about one model: its paper, its size, what it sees, how it is built."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core.options import describe
from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.models.parts.diagram import Diagram

CLASSES = 21
"""Of an architecture that no checkpoint gives classes to: Pascal VOC's."""


@dataclass(frozen=True, slots=True)
class AboutModel:
    """One model, described.

    Attributes
    ----------
    name, label, family, summary, sets_apart
        As the architecture's ``ModelSpec`` says.
    authors, year, title
        The paper.
    parameters
        Number of weights, with ``classes`` classes and ``channels`` channels.
    output_stride, minimum_size, receptive_field
        In pixels; a field of None is the whole picture.
    options
        Labels and values of all options.
    diagram
        The network's blocks, taken from what it does.
    """

    name: str
    label: str
    family: str
    summary: str
    sets_apart: str
    authors: str
    year: int
    title: str
    parameters: int
    classes: int
    channels: int
    output_stride: int
    minimum_size: int
    receptive_field: int | None
    options: tuple[tuple[str, str], ...]
    diagram: "Diagram"


def about_model(model: str) -> Iterator[Progress]:
    """Describe a model.

    Parameters
    ----------
    model
        A checkpoint file, an architecture's name, or "architecture/weights".

    Yields
    ------
    :class:`Progress`; the last one's payload is an :class:`AboutModel`.

    Raises
    ------
    SegStudioError
        Where there is no such model, or the file is no checkpoint.
    """
    yield Progress(0, 1, "Looking into the network…")
    name, options, classes, channels = _made_of(model)
    yield Progress(1, 1, name, _described(name, options, classes, channels))


def _made_of(model: str) -> tuple[str, dict[str, Any], int, int]:
    from segstudio import models
    from segstudio.models.checkpoint import describe_checkpoint

    path = Path(model)
    if path.suffix == ".safetensors" or path.is_file():
        card = describe_checkpoint(path)
        return card.architecture, dict(card.options), len(card.classes), card.channels
    name, _, weights = model.partition("/")
    published = models.spec(name).weights.get(weights)
    if published is None:
        return name, {}, CLASSES, 3
    channels = len(published.normalisation.mean)
    return name, dict(published.options), len(published.classes), channels


def _described(name: str, options: dict[str, Any], classes: int, channels: int) -> AboutModel:
    import torch

    from segstudio import models
    from segstudio.models.parts.diagram import diagram

    spec = models.spec(name)
    made = spec.make_options(**options)
    # What training started from changes no structure, and need not be here any more.
    structure = {key: value for key, value in options.items() if key != "weights"}
    with torch.device("meta"):
        network = models.create(name, classes=classes, channels=channels, **structure)
    geometry = spec.shape(made)
    return AboutModel(
        name=name,
        label=spec.label,
        family=spec.family,
        summary=spec.summary,
        sets_apart=spec.sets_apart,
        authors=spec.paper.authors,
        year=spec.paper.year,
        title=spec.paper.title,
        parameters=sum(weight.numel() for weight in network.parameters()),
        classes=classes,
        channels=channels,
        output_stride=geometry.output_stride,
        minimum_size=geometry.minimum_size,
        receptive_field=geometry.receptive_field,
        options=tuple((o.label, _shown(getattr(made, o.name))) for o in describe(spec.options)),
        diagram=diagram(network, channels),
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
