"""A checkpoint put to work on pictures of any kind and size."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import Ids
from segstudio.core.probabilities import Probabilities
from segstudio.core.progress import Progress
from segstudio.inference import tiling
from segstudio.inference.choice import EAGER
from segstudio.inference.device import Device, choose
from segstudio.inference.gathering import Gathering, IndexGathering, ProbabilityGathering
from segstudio.inference.pixels import to_unit
from segstudio.inference.running import Runner
from segstudio.inference.scaling import enlarged, shrunk
from segstudio.models.checkpoint import Checkpoint, load

Precision = Literal["auto", "fp32"]

WHOLE_PIXELS = 2_500_000
"""Pictures up to this size are predicted in one piece: 1920x1080 and 2048x1024 are."""

_log = logging.getLogger(__name__)

_EDGES = (1024, 512, 256)
_CROPS = range(256, 1025)
_OVERLAP = 0.5


class Predictor:
    """Gives class probabilities of pictures.

    Parameters
    ----------
    checkpoint
        A checkpoint, or the path of its file.
    device
        As for :func:`segstudio.inference.device.choose`.
    precision
        "auto" computes in half precision where the device gains by it; "fp32" never does.
    threads
        Threads of one computation on the CPU; None leaves PyTorch's setting.

    Attributes
    ----------
    notes
        What was done otherwise than asked, in words for people.
    runner
        Runs its tiles.

    Raises
    ------
    SegStudioError
        Where the checkpoint cannot be used or the device does not exist.
    """

    def __init__(
        self,
        checkpoint: Checkpoint | Path,
        device: str = "auto",
        precision: Precision = "auto",
        threads: int | None = None,
    ) -> None:
        self.notes: list[str] = []
        self.checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else load(checkpoint)
        spec = models.spec(self.checkpoint.architecture)
        self._geometry = spec.geometry(**self.checkpoint.options)
        self.runner = Runner(self.checkpoint, choose(device), precision == "fp32", threads)

    @property
    def device(self) -> Device:
        """Where it runs and why; changes where memory forces it."""
        return self.runner.device

    @property
    def backend(self) -> str:
        """What computed the last forward pass: "PyTorch", "OpenVINO"."""
        return self.runner.backend

    @property
    def place(self) -> Device:
        """The device with the backend in its label and reason, to be shown."""
        backend = self.backend
        return self.device if backend == EAGER.name else self.device.through(backend)

    @property
    def unmeasured(self) -> bool:
        """Whether :meth:`choose_backend` may make the coming predictions quicker."""
        return self.runner.unmeasured

    def choose_backend(
        self, image: NDArray[Any], window: tuple[float, float] | None = None
    ) -> Iterator[Progress]:
        """Measure how this checkpoint runs quickest on the CPU for pictures of this size.

        The outcome is remembered in the user's cache folder, where every predictor of the same
        checkpoint finds it at its next picture. Takes some seconds, more for large networks.

        Yields
        ------
        A report for each backend; the last one's payload is a
        :class:`segstudio.inference.choice.Choice`, unless memory did not suffice.

        Raises
        ------
        SegStudioError
            Where the picture does not suit the network.
        """
        unit = shrunk(to_unit(image, self.checkpoint.channels, window), self.checkpoint.scale)
        edge = next(self._edges(unit.shape[1] * unit.shape[2]))
        padded, tiles = self._cut(unit, edge)
        try:
            yield from self.runner.choose_backend(padded[:, *tiles[0].rect.slices])
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            _log.info("too little memory to measure other backends than PyTorch")

    def predict(
        self, image: NDArray[Any], window: tuple[float, float] | None = None
    ) -> Probabilities:
        """Class probabilities of a picture.

        Parameters
        ----------
        image, window
            As for :func:`segstudio.inference.pixels.to_unit`; any size from 1x1.

        Returns
        -------
        CxHxW float32 in the checkpoint's own classes.

        Raises
        ------
        SegStudioError
            Where the picture does not suit the network, or no memory suffices.
        """
        for report in self.steps(image, window):
            result = report.payload
        assert isinstance(result, Probabilities)
        return result

    def labels(self, image: NDArray[Any], window: tuple[float, float] | None = None) -> Ids:
        """HxW uint8: the checkpoint's id of each pixel's most probable class.

        What :meth:`predict` would give through :meth:`Probabilities.ids`, without computing the
        probabilities where they are not needed to blend tiles or to enlarge.
        """
        for report in self._pieces(image, window, np.uint8):
            values = report.payload
        if values.ndim == 3:
            return Probabilities(values, self.checkpoint.classes).ids()
        ids: Ids = np.take(np.asarray(self.checkpoint.classes.ids, np.uint8), values)
        return ids

    def steps(
        self, image: NDArray[Any], window: tuple[float, float] | None = None
    ) -> Iterator[Progress]:
        """:meth:`predict` tile by tile; the last report's payload is the result."""
        for report in self._pieces(image, window, np.float32):
            values = report.payload
            result = None if values is None else Probabilities(values, self.checkpoint.classes)
            yield Progress(report.done, report.total, report.message, result)

    def _pieces(
        self, image: NDArray[Any], window: tuple[float, float] | None, wanted: type[np.generic]
    ) -> Iterator[Progress]:
        """Tile by tile; the last payload is probabilities CxHxW, or indices HxW where ``wanted``
        is uint8 and they can be had without."""
        full = to_unit(image, self.checkpoint.channels, window)
        shape = (full.shape[1], full.shape[2])
        unit = shrunk(full, self.checkpoint.scale)
        for edge in self._edges(unit.shape[1] * unit.shape[2]):
            blends = edge and self._geometry.receptive_field is None
            straight = wanted is np.uint8 and not blends and unit is full
            try:
                yield from self._pass(unit, edge, shape, straight)
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._give_way(edge)
            else:
                return
        raise SegStudioError(
            f"picture of {shape[1]}x{shape[0]} pixels",
            f"does not fit the memory of {self.device.name}, even in small tiles",
            "Close other programs, or choose a smaller network.",
        )

    def _edges(self, pixels: int) -> Iterator[int]:
        """Edges of tiles to try, 0 for the whole picture: first here, then on the CPU."""
        while True:
            if pixels <= WHOLE_PIXELS:
                yield 0
            crop = max(map(int, self.checkpoint.training.get("crop") or [0]))
            if self._geometry.receptive_field is None:
                # A network that sees everything does best on what it was trained on.
                yield crop if crop in _CROPS else 512
                yield 256
            else:
                yield from _EDGES
            if self.device.kind == "cpu":
                return
            self._note(f"{self.device.name} has too little memory: predicting on the CPU")
            self.runner.move_to(Device("cpu", f"CPU: {self.device.name} has too little memory"))

    def _pass(
        self, unit: NDArray[np.float32], edge: int, shape: tuple[int, int], straight: bool
    ) -> Iterator[Progress]:
        height, width = unit.shape[1:]
        padded, tiles = self._cut(unit, edge)
        whole = (padded.shape[1], padded.shape[2])
        gathered: Gathering = IndexGathering(whole) if straight else ProbabilityGathering(whole)
        for done, tile in enumerate(tiles):
            yield Progress(done, len(tiles), "Predicting")
            gathered.add(tile, self._run(padded[:, *tile.rect.slices]))
        values = np.ascontiguousarray(gathered.result()[..., :height, :width])
        if not straight:
            values = enlarged(values, shape)
        yield Progress(len(tiles), len(tiles), "Predicted", values)

    def _cut(
        self, unit: NDArray[np.float32], edge: int
    ) -> tuple[NDArray[np.float32], tuple[tiling.Tile, ...]]:
        """The picture, mirrored to where tiles may end, and its tiles."""
        geometry = self._geometry
        padded = tiling.mirrored(unit, geometry.alignment if edge else 1, geometry.minimum_size)
        return padded, self._tiles((padded.shape[1], padded.shape[2]), edge)

    def _tiles(self, shape: tuple[int, int], edge: int) -> tuple[tiling.Tile, ...]:
        field, alignment = self._geometry.receptive_field, self._geometry.alignment
        if not edge:
            return tiling.whole(shape)
        if field is None:
            return tiling.smooth_tiles(shape, edge, _OVERLAP, alignment)
        return tiling.exact_tiles(shape, edge, field // 2, alignment)

    def _run(self, unit: NDArray[np.float32]) -> Tensor:
        """Logits (1,K,h,w) of one tile CxHxW."""
        return self.runner(unit)

    def _give_way(self, edge: int) -> None:
        what = f"tiles of {edge} pixels" if edge else "the whole picture"
        self._note(f"{self.device.name} has too little memory for {what}: trying smaller ones")
        if self.device.kind == "cuda":
            torch.cuda.empty_cache()

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _is_out_of_memory(error: Exception) -> bool:
    # On the CPU PyTorch raises a plain RuntimeError from its allocator.
    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or "DefaultCPUAllocator" in str(error)
