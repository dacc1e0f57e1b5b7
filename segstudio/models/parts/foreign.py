"""Weights that others published: PyTorch's files, and how they fit a network of ours.

A file is only ever read with ``weights_only``: nothing but tensors and plain data comes out of it.
"""

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from segstudio.core.errors import SegStudioError
from segstudio.core.options import describe
from segstudio.models.parts import tensor_file
from segstudio.models.parts.creating import create
from segstudio.models.parts.spec import Layout, ModelSpec, Normalisation, spec

SUFFIXES = (".pth", ".pt", ".tar", ".safetensors")

# What training scripts put around a network's weights, and in front of their names.
_WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model")
_PREFIX = "module."

# Batch normalisation of PyTorch before 0.4.1 did not count its batches, and nothing needs them.
_DISPENSABLE = ".num_batches_tracked"
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Fitted:
    """Weights under a network's own keys.

    Attributes
    ----------
    layout
        Whose keys the file has.
    state
        The network's whole ``state_dict``.
    options, channels, classes
        What the network was made with for these weights.
    normalisation
        What they expect of pictures.
    """

    layout: str
    state: dict[str, Tensor]
    options: dict[str, Any]
    channels: int
    classes: int
    normalisation: Normalisation


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What keeps weights from fitting: keys, and for those of another shape both shapes."""

    layout: str
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    reshaped: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.missing) + len(self.unexpected) + len(self.reshaped)

    def __str__(self) -> str:
        groups = (
            (self.missing, "missing"),
            (self.unexpected, "unexpected"),
            (self.reshaped, "of another shape"),
        )
        return "; ".join(f"{len(keys)} {what} ({_some(keys)})" for keys, what in groups if keys)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors in a file of PyTorch's or in a safetensors file, without what wraps them.

    Raises
    ------
    SegStudioError
        Where the file is missing, cut short, needs code to be read, or holds no weights.
    """
    if not path.is_file():
        raise SegStudioError(path, "does not exist", "Name a file of weights that exists.")
    content = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickle(path)
    state = _tensors(_unwrapped(content))
    if not state:
        raise SegStudioError(
            path, "holds no weights", "Save the network's state_dict() in it with torch.save."
        )
    while all(key.startswith(_PREFIX) for key in state):
        state = {key.removeprefix(_PREFIX): value for key, value in state.items()}
    return {key: v.float() if v.is_floating_point() else v for key, v in state.items()}


def fit(
    state: Mapping[str, Tensor],
    architecture: str,
    options: Mapping[str, Any],
    source: object = "weights",
) -> Fitted:
    """Weights brought to an architecture's own keys, by the first layout that fits wholly.

    Number of classes and channels are those of the weights. An option that is on or off and that
    ``options`` leaves open (an auxiliary head) is tried both ways. Messages call the weights
    ``source``.

    Raises
    ------
    SegStudioError
        Where no layout fits; the message tells what is wrong with the one that comes closest.
        Also where an option does not exist or its value is not allowed.
    """
    known = spec(architecture)
    nearest: Mismatch | None = None
    for layout, chosen in _candidates(known, options):
        result = _try(known, layout, chosen, state)
        if isinstance(result, Fitted):
            return result
        if nearest is None or len(result) < len(nearest):
            nearest = result
    assert nearest is not None
    raise SegStudioError(
        source,
        f"does not fit {known.name} with the keys of {nearest.layout}: {nearest}",
        "Choose the architecture and the options that they were trained with.",
    )


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    if "segstudio" in tensor_file.read_header(path).get("__metadata__", {}):
        raise SegStudioError(
            path, "is a checkpoint of SegStudio's already", "Open it as it is: nothing to import."
        )
    return tensor_file.read(path)


def _read_pickle(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "Unsupported operand" in str(error) or "Unsupported" not in str(error):
            raise _damaged(path) from error
        raise SegStudioError(
            path,
            "holds more than weights, and reading that would run code from the file",
            "Where you trust it, load it in PyTorch yourself, save the network's state_dict() "
            "with torch.save, and import that.",
        ) from error
    except (RuntimeError, EOFError, KeyError, ValueError, OSError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> SegStudioError:
    return SegStudioError(
        path, "is cut short, damaged, or no file of PyTorch's", "Copy or download it again."
    )


def _unwrapped(content: Any) -> Any:
    inner = (content.get(key) for key in _WRAPPERS) if isinstance(content, Mapping) else ()
    wrapped = next((entry for entry in inner if isinstance(entry, Mapping)), None)
    return content if wrapped is None else _unwrapped(wrapped)


def _tensors(content: Any) -> dict[str, Tensor]:
    if not isinstance(content, Mapping):
        return {}
    return {str(key): value for key, value in content.items() if isinstance(value, Tensor)}


def _candidates(
    known: ModelSpec, given: Mapping[str, Any]
) -> Iterator[tuple[Layout, dict[str, Any]]]:
    """Every layout with its options and the given ones, then with one switch the other way."""
    own = Layout("SegStudio", dict)
    switches = [option for option in describe(known.options) if option.kind is bool]
    for layout in (own, *known.layouts):
        chosen = {**layout.options, **given}
        # The file brings the weights: none are to be fetched for the network before.
        chosen.pop("weights", None)
        yield layout, chosen
        for switch in switches:
            if switch.name not in given:
                before = chosen.get(switch.name, switch.default)
                yield layout, {**chosen, switch.name: not before}


def _try(
    known: ModelSpec, layout: Layout, options: dict[str, Any], state: Mapping[str, Tensor]
) -> Fitted | Mismatch:
    found = layout.convert(state)
    classes = _count(known.name, found, options, "classes")
    channels = _count(known.name, found, options, "channels")
    wanted = _shapes(known.name, options, classes=classes, channels=channels)
    for key, shape in wanted.items():
        if key.endswith(_DISPENSABLE) and key not in found:
            found[key] = torch.zeros(shape, dtype=torch.long)
    common = [key for key in wanted if key in found]
    mismatch = Mismatch(
        layout.name,
        tuple(key for key in wanted if key not in found),
        tuple(key for key in found if key not in wanted),
        tuple(
            f"{key} is {tuple(found[key].shape)}, not {tuple(wanted[key])}"
            for key in common
            if found[key].shape != wanted[key]
        ),
    )
    if mismatch:
        return mismatch
    fits = len(layout.normalisation.mean) == channels
    normalisation = layout.normalisation if fits else Normalisation.imagenet(channels)
    ordered = {key: found[key] for key in wanted}
    return Fitted(layout.name, ordered, options, channels, classes, normalisation)


def _count(
    architecture: str, found: Mapping[str, Tensor], options: Mapping[str, Any], what: str
) -> int:
    """For how many classes or channels the weights were made; 3 where no weight tells.

    The axes that depend on it are found by making the network for one more.
    """
    counts = {"classes": 3, "channels": 3}
    few = _shapes(architecture, options, **counts)
    more = _shapes(architecture, options, **{**counts, what: counts[what] + 1})
    for key, shape in few.items():
        if key not in found or found[key].ndim != len(shape):
            continue
        for size, larger, own in zip(shape, more[key], found[key].shape, strict=True):
            steps, rest = divmod(own - size, larger - size) if larger != size else (0, 1)
            if rest == 0 and counts[what] + steps >= 1:
                return counts[what] + steps
    return counts[what]


def _shapes(
    architecture: str, options: Mapping[str, Any], *, classes: int, channels: int
) -> dict[str, torch.Size]:
    return _shapes_of(architecture, tuple(sorted(options.items())), classes, channels)


@lru_cache(maxsize=32)  # several layouts share their options, and a large network takes a while
def _shapes_of(
    architecture: str, options: tuple[tuple[str, Any], ...], classes: int, channels: int
) -> dict[str, torch.Size]:
    with torch.device("meta"):
        network = create(architecture, classes=classes, channels=channels, **dict(options))
    return {key: value.shape for key, value in network.state_dict().items()}


def _some(keys: tuple[str, ...]) -> str:
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(keys[:_NAMED]) + more
