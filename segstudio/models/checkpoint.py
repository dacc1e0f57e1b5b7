"""A network plus everything needed to run it, as one safetensors file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models.parts import tensor_file
from segstudio.models.parts.creating import create
from segstudio.models.parts.spec import Normalisation, spec
from segstudio.models.parts.tensor_file import CheckpointError
from segstudio.models.parts.weights import read_published

__all__ = [
    "Checkpoint",
    "CheckpointCard",
    "CheckpointError",
    "Normalisation",
    "describe_checkpoint",
    "load",
    "load_published",
    "save",
]

_KEY = "segstudio"
_VERSION = 1
# Variances can leave half precision's range, and these are small beside the convolutions.
_KEPT_SINGLE = ("running_mean", "running_var")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights, and what they mean.

    Attributes
    ----------
    architecture, options, channels
        What :func:`segstudio.models.create` needs beside the number of classes.
    classes
        Logit ``c`` speaks of ``classes.classes[c]``.
    normalisation
        What is taken off and divided by, per channel, before the network.
    training
        Plain data about how it was trained: steps, scores, crop; for people and for tiling.
    state
        The network's ``state_dict``.
    scale
        Working resolution, above 0 to 1: pictures are shrunk by this factor before the network
        sees them, and its logits enlarged again.
    source
        What messages call it: the file's path.
    """

    architecture: str
    options: dict[str, Any]
    classes: ClassTable
    channels: int
    normalisation: Normalisation
    training: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Tensor] = field(default_factory=dict)
    source: str = "checkpoint"
    scale: float = 1.0

    def build(self) -> nn.Module:
        """The network with these weights, in eval mode, float32, on the CPU.

        Raises
        ------
        CheckpointError
            Where the architecture or an option is unknown here, or the weights do not fit; the
            message says which.
        """
        try:
            network = create(
                self.architecture,
                classes=len(self.classes),
                channels=self.channels,
                **self.options,
            )
        except SegStudioError as error:
            reason = f"needs what this SegStudio does not have: {error.subject} {error.reason}"
            raise CheckpointError(self.source, reason, error.remedy) from error
        self._refuse_mismatch(network.state_dict())
        network.load_state_dict(self.state)
        return network.float().eval()

    def _refuse_mismatch(self, wanted: Mapping[str, Tensor]) -> None:
        wrong = [
            *(f"{key} is missing" for key in wanted if key not in self.state),
            *(f"{key} is not part of it" for key in self.state if key not in wanted),
            *(
                f"{key} is {tuple(self.state[key].shape)}, not {tuple(wanted[key].shape)}"
                for key in wanted
                if key in self.state and self.state[key].shape != wanted[key].shape
            ),
        ]
        if wrong:
            more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            raise CheckpointError(
                self.source,
                f"does not fit {self.architecture}: {', '.join(wrong[:3])}{more}",
                "Choose a checkpoint of this architecture, or train a new one.",
            )


@dataclass(frozen=True, slots=True)
class CheckpointCard:
    """What a checkpoint says about itself, without its weights."""

    path: Path
    architecture: str
    options: dict[str, Any]
    classes: ClassTable
    channels: int
    normalisation: Normalisation
    training: dict[str, Any]
    tensors: int
    values: int
    half: bool
    scale: float = 1.0


def save(checkpoint: Checkpoint, path: Path, half: bool = False) -> None:
    """Write a checkpoint file atomically.

    It says every option, so that other defaults of a later version do not change what it predicts.

    Parameters
    ----------
    half
        Weights as float16: half the size, and no visible difference in predictions. Running
        statistics stay float32.

    Raises
    ------
    SegStudioError
        Where the folder cannot be written.
    """
    card = {
        "version": _VERSION,
        "architecture": checkpoint.architecture,
        "options": _every_option(checkpoint),
        "classes": checkpoint.classes.to_json(),
        "channels": checkpoint.channels,
        "normalisation": asdict(checkpoint.normalisation),
        "training": checkpoint.training,
        "scale": checkpoint.scale,
    }
    state = {k: _stored(k, v, half) for k, v in checkpoint.state.items()}
    tensor_file.write(path, state, {_KEY: json.dumps(card)})


def load(path: Path) -> Checkpoint:
    """Read a checkpoint file; nothing in it is ever run.

    Raises
    ------
    CheckpointError
        Where the file is missing, no checkpoint, cut short, damaged, or a pickle.
    """
    card = describe_checkpoint(path)
    state = {
        key: tensor.float() if tensor.is_floating_point() else tensor
        for key, tensor in tensor_file.read(path).items()
    }
    return Checkpoint(
        card.architecture,
        card.options,
        card.classes,
        card.channels,
        card.normalisation,
        card.training,
        state,
        str(path),
        card.scale,
    )


def load_published(architecture: str, weights: str) -> Checkpoint:
    """A checkpoint of published weights that are in the cache already.

    Raises
    ------
    SegStudioError
        Where the architecture has no such weights, or they are not downloaded.
    """
    known = spec(architecture).weights
    if weights not in known:
        names = ", ".join(known) or "none; train it first"
        raise SegStudioError(
            f"weights {weights!r} of {architecture}", "do not exist", f"Known: {names}."
        )
    published = known[weights]
    return Checkpoint(
        architecture,
        dict(published.options),
        published.classes,
        len(published.normalisation.mean),
        published.normalisation,
        {"published": published.label},
        read_published(published),
        published.url,
    )


def describe_checkpoint(path: Path) -> CheckpointCard:
    """Read a checkpoint's header alone: quick for any size.

    Raises
    ------
    CheckpointError
        As :func:`load`.
    """
    header = tensor_file.read_header(path)
    text = header.pop("__metadata__", {}).get(_KEY)
    if text is None:
        raise CheckpointError(
            path,
            "holds weights, but does not say of which network and classes",
            "Choose a .safetensors file that SegStudio wrote.",
        )
    try:
        return _card(path, json.loads(text), header)
    except (ValueError, TypeError, KeyError, AttributeError, SegStudioError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            path, f"has a damaged description ({error})", "Use another copy of it."
        ) from error


def _every_option(checkpoint: Checkpoint) -> dict[str, Any]:
    made = asdict(spec(checkpoint.architecture).make_options(**checkpoint.options))
    # Where training began is not a part of the network.
    made.pop("weights", None)
    return made


def _stored(key: str, tensor: Tensor, half: bool) -> Tensor:
    keep = not half or not tensor.is_floating_point() or key.endswith(_KEPT_SINGLE)
    return tensor if keep else tensor.to(torch.float16)


def _card(path: Path, card: dict[str, Any], tensors: dict[str, Any]) -> CheckpointCard:
    if card["version"] > _VERSION:
        raise CheckpointError(path, "was written by a newer SegStudio", "Update SegStudio.")
    channels = int(card["channels"])
    mean, std = (tuple(map(float, card["normalisation"][k])) for k in ("mean", "std"))
    if not len(mean) == len(std) == channels >= 1 or not all(value > 0 for value in std):
        raise ValueError("the normalisation does not fit the channels")
    scale = float(card.get("scale", 1.0))
    if not 0 < scale <= 1:
        raise ValueError(f"the working resolution is {scale}")
    return CheckpointCard(
        path=path,
        architecture=str(card["architecture"]),
        options=dict(card["options"]),
        classes=ClassTable.from_json(card["classes"]),
        channels=channels,
        normalisation=Normalisation(mean, std),
        training=dict(card["training"]),
        tensors=len(tensors),
        values=sum(prod(entry["shape"]) for entry in tensors.values()),
        half=any(entry["dtype"] == "F16" for entry in tensors.values()),
        scale=scale,
    )
