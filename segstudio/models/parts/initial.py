"""Weights that a network can start its training from: ImageNet's in the backbone, VOC's in all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from segstudio.core.errors import SegStudioError

Convert = Callable[[Mapping[str, Tensor]], dict[str, Tensor]]
"""From a file's keys and shapes to a network's; what the network has no place for is left out."""


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """Published weights of a part of a network, as data.

    Attributes
    ----------
    name
        "imagenet" or "voc", as the option ``weights`` of an architecture names it.
    label
        For people.
    url, sha256, megabytes
        As for :class:`segstudio.models.parts.spec.PublishedWeights`.
    convert
        From the file's keys to the network's.
    first_convolution
        The network's key of the convolution that sees the picture: its weight is adapted to other
        numbers of channels than three.
    optional
        What keys begin with that the network may have been made without: an auxiliary head.
    options
        What a network needs to have a place for them; counts where the user chooses nothing else.
    """

    name: str
    label: str
    url: str
    sha256: str
    megabytes: int
    convert: Convert
    first_convolution: str
    optional: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def adopt(network: nn.Module, weights: InitialWeights, state: Mapping[str, Tensor]) -> None:
    """Give a network what a file of weights holds; layers that depend on the classes stay random.

    Parameters
    ----------
    network
        Changed in place.
    weights
        What the file is.
    state
        The file's tensors.

    Raises
    ------
    SegStudioError
        Where a tensor has no place in the network, or another shape there.
    """
    own = network.state_dict()
    found = {
        key: value
        for key, value in weights.convert(state).items()
        if key in own or not key.startswith(weights.optional)
    }
    first = weights.first_convolution
    if first in found and first in own:
        found[first] = for_channels(found[first], own[first].shape[1])
    wrong = [key for key, value in found.items() if key not in own or own[key].shape != value.shape]
    if wrong:
        fitting = "".join(f"{name}={value}, " for name, value in weights.options.items())
        raise SegStudioError(
            weights.url,
            f"does not fit the network: {', '.join(wrong[:3])}",
            f"Choose {fitting}other initial weights, or none.",
        )
    network.load_state_dict(found, strict=False)


def for_channels(weight: Tensor, channels: int) -> Tensor:
    """A first convolution's weight (K,3,h,w) for pictures of ``channels`` channels.

    A picture whose channels are all alike gets the same answers for any number of them. Fewer than
    three see a grey picture, more see the colours in turn and share each among them.
    """
    colours = weight.shape[1]
    if channels == colours:
        return weight
    if channels < colours:
        return weight.sum(dim=1, keepdim=True).repeat(1, channels, 1, 1) / channels
    turns = torch.arange(channels) % colours
    shares = torch.bincount(turns)[turns]
    return weight[:, turns] / shares[:, None, None]
