"""What a backend is."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from torch import Tensor, nn

from segstudio.core.errors import SegStudioError

Forward = Callable[[Tensor], Tensor]
"""Normalised float32 (1,C,H,W) to logits (1,K,H,W), which the next call may overwrite."""


class BackendError(SegStudioError):
    """A backend cannot run this network; another one can."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What a backend is to run.

    Attributes
    ----------
    network
        In eval mode, float32, on the CPU.
    shape
        (1, C, H, W): the one shape that will come.
    file
        Where the exported network lies, or will lie.
    threads
        Threads of one computation.
    """

    network: nn.Module
    shape: tuple[int, int, int, int]
    file: Path
    threads: int


class Backend(Protocol):
    """One way to run networks on the CPU."""

    @property
    def name(self) -> str:
        """For people and for the cache, "OpenVINO"."""

    def version(self) -> str:
        """Of the library behind it; empty where it is not installed or the CPU cannot do it."""

    def make(self, job: Job) -> Forward:
        """Make ready to run.

        Raises
        ------
        BackendError
            Where the network cannot be brought into a form that this backend runs.
        """


def versions(*packages: str) -> str:
    """Of installed packages, found without loading them; empty where one is missing."""
    try:
        return ", ".join(f"{package} {version(package)}" for package in packages)
    except PackageNotFoundError:
        return ""
