"""Starting from another checkpoint's weights: classes that stay keep their part of the head."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.models.checkpoint import Checkpoint


def network_from(checkpoint: Checkpoint, classes: ClassTable) -> nn.Module:
    """The checkpoint's network for another class table.

    Every weight that does not depend on the classes is taken over. Where a weight has an axis of
    classes (score layers, their upsampling), the entries of classes with the same name are taken
    over, and those of new classes keep their random first values.

    Parameters
    ----------
    checkpoint
        Where architecture, options, channels and weights come from.
    classes
        What the new network tells apart, logit by logit.

    Raises
    ------
    CheckpointError
        Where the weights do not fit the architecture they name.
    """
    old = checkpoint.build().state_dict()
    network = _create(checkpoint, len(classes))
    pairs = _same_names(classes, checkpoint.classes)
    axes = _class_axes(checkpoint)
    state = network.state_dict()
    for key, value in old.items():
        state[key] = _paste(state[key].clone(), value, axes[key], *pairs)
    network.load_state_dict(state)
    return network


def _create(checkpoint: Checkpoint, classes: int) -> nn.Module:
    return models.create(
        checkpoint.architecture, classes=classes, channels=checkpoint.channels, **checkpoint.options
    )


def _class_axes(checkpoint: Checkpoint) -> dict[str, list[tuple[int, int]]]:
    """Axes of each weight that grow with the number of classes, found by adding one class.

    With each how many entries, next to each other, belong to one class.
    """
    count = len(checkpoint.classes)
    with torch.device("meta"):
        fewer, more = (_create(checkpoint, size).state_dict() for size in (count, count + 1))
    return {
        key: [
            (axis, more[key].shape[axis] - size)
            for axis, size in enumerate(value.shape)
            if more[key].shape[axis] != size
        ]
        for key, value in fewer.items()
    }


def _same_names(new: ClassTable, old: ClassTable) -> tuple[Tensor, Tensor]:
    """Places, in both tables, of the classes that both have."""
    old_places = {entry.id: place for place, entry in enumerate(old)}
    matches = [(place, old.named(entry.name)) for place, entry in enumerate(new)]
    pairs = [(place, old_places[match.id]) for place, match in matches if match is not None]
    places = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def _paste(
    new: Tensor,
    old: Tensor,
    axes: Sequence[tuple[int, int]],
    new_places: Tensor,
    old_places: Tensor,
) -> Tensor:
    """``new`` with the entries of ``old`` at matching places of the class axes."""
    if not axes:
        return old
    (axis, entries), *rest = axes
    target, source = (_entries(places, entries) for places in (new_places, old_places))
    part = _paste(
        new.index_select(axis, target),
        old.index_select(axis, source),
        rest,
        new_places,
        old_places,
    )
    return new.index_copy_(axis, target, part)


def _entries(places: Tensor, each: int) -> Tensor:
    """Where the entries of these classes are, ``each`` of a class next to each other."""
    return (places[:, None] * each + torch.arange(each)).flatten()
