"""Safetensors files, read with suspicion: nothing in them is ever run."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError

_LENGTH = struct.Struct("<Q")
# The safetensors format's own limit.
_MOST_HEADER = 100_000_000
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
_PICKLE_PROTOCOLS = range(2, 6)


class CheckpointError(SegStudioError):
    """A file that is no checkpoint, or one that does not fit the network it names."""


def write(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write tensors and metadata so that a torn file cannot exist.

    Raises
    ------
    SegStudioError
        Where the folder cannot be written.
    """
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    write_bytes(path, safetensors.torch.save(contiguous, dict(metadata)))


def read(path: Path) -> dict[str, Tensor]:
    """All tensors of a file, on the CPU, as they were saved.

    Raises
    ------
    CheckpointError
        Where the file is missing, unreadable, cut short, a pickle, or no safetensors file.
    """
    read_header(path)
    try:
        return safetensors.torch.load(path.read_bytes())
    except (SafetensorError, OSError) as error:
        raise CheckpointError(path, f"is damaged ({error})", "Use another copy of it.") from error


def read_header(path: Path) -> dict[str, Any]:
    """The JSON header alone: ``__metadata__``, and dtype, shape, offsets of each tensor.

    Raises
    ------
    CheckpointError
        As :func:`read`.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_LENGTH.size)
            _refuse_pickle(path, start)
            length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
            if not 2 <= length <= _MOST_HEADER:
                raise _not_a_checkpoint(path)
            text = file.read(length)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise CheckpointError(path, reason, "Choose a checkpoint file that exists.") from error
    if not text.startswith(b"{"):
        raise _not_a_checkpoint(path)
    if len(text) < length:
        raise _cut_short(path)
    return _parse(path, text, size - _LENGTH.size - length)


def _parse(path: Path, text: bytes, data_size: int) -> dict[str, Any]:
    try:
        header = json.loads(text)
        ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
        needed = max(ends, default=0)
        if not isinstance(header.get("__metadata__", {}), dict):
            raise TypeError("metadata is no table")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _not_a_checkpoint(path) from error
    if data_size < needed:
        raise _cut_short(path)
    return dict(header)


def _refuse_pickle(path: Path, start: bytes) -> None:
    raw = start[:1] == _PICKLE and len(start) > 1 and start[1] in _PICKLE_PROTOCOLS
    if raw or start.startswith(_ZIP):
        raise CheckpointError(
            path,
            "holds a pickle, which can run code when it is loaded, and SegStudio only loads "
            "safetensors",
            "Train or save it as a SegStudio checkpoint (.safetensors).",
        )


def _not_a_checkpoint(path: Path) -> CheckpointError:
    return CheckpointError(
        path, "is no checkpoint", "Choose a .safetensors file that SegStudio wrote."
    )


def _cut_short(path: Path) -> CheckpointError:
    return CheckpointError(
        path, "is cut short: the file ends before its weights do", "Copy or download it again."
    )
