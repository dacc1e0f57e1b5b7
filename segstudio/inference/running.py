"""A checkpoint's network on one device, run the quickest way that is known there."""

import logging
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.progress import Progress
from segstudio.inference.backends.cuda_graph import CudaGraph
from segstudio.inference.backends.spec import BackendError, Forward
from segstudio.inference.choice import EAGER, Chooser
from segstudio.inference.device import Device, fast_type
from segstudio.inference.gathering import uploaded
from segstudio.inference.threads import threads_set
from segstudio.models.checkpoint import Checkpoint

_QUICK_SECONDS = 0.05
"""Nobody notices what another backend gains below this."""

_MOST_LOADED = 2
"""Shapes whose compiled networks are kept in memory."""

Shape = tuple[int, ...]

_log = logging.getLogger(__name__)


class Runner:
    """Runs tiles.

    Parameters
    ----------
    checkpoint
        What to run.
    device
        Where.
    exact
        Compute in float32, by PyTorch alone.
    threads
        Threads of one computation on the CPU; None leaves PyTorch's setting.

    Attributes
    ----------
    network
        The module; on ``device``.
    backend
        Name of what ran last.
    """

    def __init__(
        self, checkpoint: Checkpoint, device: Device, exact: bool, threads: int | None
    ) -> None:
        self.network = checkpoint.build()
        self.device = device
        self.backend = EAGER.name
        self._exact = exact
        self._threads = threads
        self._chooser = Chooser(checkpoint, self.network, threads or torch.get_num_threads())
        mean, std = checkpoint.normalisation.mean, checkpoint.normalisation.std
        self._mean, self._std = (torch.tensor(v).reshape(1, -1, 1, 1) for v in (mean, std))
        self._loaded: dict[Shape, tuple[str, Forward]] = {}
        self._failed: set[Shape] = set()
        self._last: Shape = ()
        self._repeated = False
        self._seconds = 0.0
        self._graph: CudaGraph | None = None
        self._graph_shape: Shape = ()
        self.move_to(device)

    def move_to(self, device: Device) -> None:
        """Run elsewhere from now on."""
        self.device = device
        self._graph, self._graph_shape = None, ()
        self.network.to(device.name).to(memory_format=torch.channels_last)
        home = device.name if device.kind == "cuda" else "cpu"
        self._mean, self._std = self._mean.to(home), self._std.to(home)

    def __call__(self, unit: NDArray[np.float32]) -> Tensor:
        """Logits (1,K,h,w), on the device, of one tile CxHxW; the next call may overwrite them."""
        with torch.inference_mode(), threads_set(self._threads):
            return self.forward(self.normalised(unit))

    def normalised(self, unit: NDArray[np.float32]) -> Tensor:
        """What the network is shown of a tile CxHxW: (1,C,H,W) on the device."""
        if self.device.kind == "cuda":
            x = uploaded(np.ascontiguousarray(unit), torch.device(self.device.name))
            return (x[None] - self._mean).div_(self._std)
        # NumPy in one thread: waking PyTorch's threads costs a quick network's share of the time.
        values = unit - self._mean.numpy()
        values /= self._std.numpy()
        return torch.from_numpy(values).to(self.device.name)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of a normalised tile, in inference mode."""
        shape = tuple(x.shape)
        self._repeated, self._last = shape == self._last, shape
        if self.device.kind == "cuda":
            return self._on_card(x, shape)
        return self._on_cpu(x, shape) if self.device.kind == "cpu" else self._eager(x)

    @property
    def unmeasured(self) -> bool:
        """Whether another backend may be worth a measurement: a slow shape came twice."""
        return (
            self.device.kind == "cpu"
            and self._may_choose(self._last)
            and self._repeated
            and self._seconds > _QUICK_SECONDS
            and self._chooser.remembered(self._last) is None
        )

    def choose_backend(self, unit: NDArray[np.float32]) -> Iterator[Progress]:
        """Measure the backends on one tile CxHxW; the last payload is the choice.

        Raises
        ------
        RuntimeError, MemoryError
            Where memory does not suffice.
        """
        with torch.inference_mode():
            x = self.normalised(unit)
        yield from self._chooser.choose(x)

    def _may_choose(self, shape: Shape) -> bool:
        return not self._exact and shape not in self._failed and len(self._chooser.candidates) > 1

    def _on_cpu(self, x: Tensor, shape: Shape) -> Tensor:
        name, forward = self._quickest(shape)
        self.backend = name
        started = time.perf_counter()
        try:
            logits = forward(x)
        except BackendError as error:
            _log.warning("%s is not used any more: %s", name, error)
            self._chooser.forget(shape)
            self._failed.add(shape)
            del self._loaded[shape]
            return self._on_cpu(x, shape)
        self._seconds = time.perf_counter() - started
        return logits

    def _quickest(self, shape: Shape) -> tuple[str, Forward]:
        """Name and forward pass: what was measured to be the quickest, or PyTorch."""
        if shape in self._loaded:
            return self._loaded[shape]
        choice = self._chooser.remembered(shape) if self._may_choose(shape) else None
        if choice is None:
            return EAGER.name, self._eager
        forward = self._chooser.load(choice.backend, shape)
        if forward is None:
            self._failed.add(shape)
            return EAGER.name, self._eager
        while len(self._loaded) >= _MOST_LOADED:
            del self._loaded[next(iter(self._loaded))]
        self._loaded[shape] = choice.backend, forward
        return self._loaded[shape]

    def _on_card(self, x: Tensor, shape: Shape) -> Tensor:
        """Through a CUDA graph where the shape came before; volatile ones are not worth it."""
        x = x.contiguous(memory_format=torch.channels_last)
        if not self._repeated:
            return self._eager(x)
        if self._graph_shape != shape:
            self._graph, self._graph_shape = None, shape
            try:
                self._graph = CudaGraph(self._eager, x)
            except RuntimeError as error:
                _log.info("no CUDA graph for %s: %s", shape, error)
        return self._eager(x) if self._graph is None else self._graph(x)

    def _eager(self, x: Tensor) -> Tensor:
        half = None if self._exact else fast_type(self.device)
        # Weights that the cache of autocast holds would be freed under a recorded graph.
        with torch.autocast(
            self.device.kind, dtype=half, enabled=half is not None, cache_enabled=False
        ):
            logits: Tensor = self.network(x.contiguous(memory_format=torch.channels_last))
        return logits
