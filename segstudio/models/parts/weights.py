"""Published weights: fetched once, checked, kept in the user's cache folder."""

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import platformdirs
import torch
from torch import Tensor

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress


class PublishedFile(Protocol):
    """What can be downloaded: whole networks' weights, or those to start from."""

    @property
    def url(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def megabytes(self) -> int: ...


CACHE_VARIABLE = "SEGSTUDIO_CACHE"
_CHUNK = 1 << 18
_TIMEOUT_SECONDS = 20.0


def cache_root() -> Path:
    """The folder that SEGSTUDIO_CACHE names, or the user's cache: all in it can be had again."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("segstudio")


def cache_folder() -> Path:
    """Where downloads are kept."""
    return cache_root() / "weights"


def cached_path(weights: PublishedFile) -> Path:
    """Where the file of these weights lies, or will lie."""
    return cache_folder() / weights.url.rsplit("/", 1)[-1]


def is_cached(weights: PublishedFile) -> bool:
    """Whether the file is there, whole and the right one."""
    path = cached_path(weights)
    return path.is_file() and _digest(path).startswith(weights.sha256)


def download(weights: PublishedFile) -> Iterator[Progress]:
    """Fetch weights into the cache, unless they are there; counts bytes.

    Yields
    ------
    Reports in bytes; the last one's payload is the file's :class:`Path`. Closing the iterator
    leaves nothing behind.

    Raises
    ------
    SegStudioError
        Where the file cannot be had, is not the one that was published, or cannot be written.
    """
    path = cached_path(weights)
    name = path.name
    if not is_cached(weights):
        data = bytearray()
        for total in _received(weights, data):
            yield Progress(len(data), total, f"Downloading {name}")
        digest = hashlib.sha256(data).hexdigest()
        if not digest.startswith(weights.sha256):
            raise _unavailable(weights, f"is not the published file (SHA-256 {digest[:12]}…)")
        write_bytes(path, bytes(data))
    size = path.stat().st_size
    yield Progress(size, size, f"{name} is in {path.parent}", path)


def read_published(weights: PublishedFile) -> dict[str, Tensor]:
    """The tensors of downloaded weights, on the CPU.

    Raises
    ------
    SegStudioError
        Where they are not in the cache or are not the published file.
    """
    path = cached_path(weights)
    if not is_cached(weights):
        raise _unavailable(weights, "is not downloaded yet")
    # The published files are pickles; with `weights_only` nothing but tensors can come out.
    state: Any = torch.load(path, map_location="cpu", weights_only=True)
    return dict(state)


def _received(weights: PublishedFile, data: bytearray) -> Iterator[int]:
    """Append to ``data`` chunk by chunk, yielding the total size in bytes."""
    try:
        with urllib.request.urlopen(weights.url, timeout=_TIMEOUT_SECONDS) as answer:
            total = int(answer.headers.get("Content-Length") or weights.megabytes * 1_000_000)
            yield total
            while chunk := answer.read(_CHUNK):
                data += chunk
                yield total
    except urllib.error.HTTPError as error:
        raise _unavailable(weights, f"is not served (HTTP {error.code})") from error
    except (
        OSError,
        ValueError,
    ) as error:  # URLError, time-outs and broken connections are OSErrors
        reason = getattr(error, "reason", None) or error
        raise _unavailable(weights, f"cannot be downloaded ({reason})") from error


def _unavailable(weights: PublishedFile, reason: str) -> SegStudioError:
    path = cached_path(weights)
    return SegStudioError(
        weights.url,
        reason,
        f"Choose a starter or train from scratch, or put the file {path.name} into "
        f"{path.parent} by hand.",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
