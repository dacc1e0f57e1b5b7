"""A checkpoint put to work on pictures of any kind and size."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.core.probabilities import Probabilities
from segstudio.core.progress import Progress
from segstudio.inference import tiling
from segstudio.inference.device import Device, choose, fast_type
from segstudio.inference.pixels import to_unit
from segstudio.inference.scaling import enlarged, shrunk
from segstudio.models.checkpoint import Checkpoint, load

Precision = Literal["auto", "fp32"]

WHOLE_PIXELS = 2_500_000
"""Pictures up to this size are predicted in one piece: 1920x1080 and 2048x1024 are."""

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
    device
        Where it runs and why; changes where memory forces it.
    notes
        What was done otherwise than asked, in words for people.

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
        self.device: Device = choose(device)
        self.notes: list[str] = []
        self.checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else load(checkpoint)
        self._precision: Precision = precision
        self._threads = threads
        spec = models.spec(self.checkpoint.architecture)
        self._network = self.checkpoint.build()
        self._geometry = spec.geometry(**self.checkpoint.options)
        mean, std = self.checkpoint.normalisation.mean, self.checkpoint.normalisation.std
        self._mean, self._std = (torch.tensor(v).reshape(1, -1, 1, 1) for v in (mean, std))
        self._move_to(self.device)

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

    def steps(
        self, image: NDArray[Any], window: tuple[float, float] | None = None
    ) -> Iterator[Progress]:
        """:meth:`predict` tile by tile; the last report's payload is the result."""
        full = to_unit(image, self.checkpoint.channels, window)
        shape = (full.shape[1], full.shape[2])
        unit = shrunk(full, self.checkpoint.scale)
        for edge in self._edges(unit.shape[1] * unit.shape[2]):
            try:
                yield from self._pass(unit, edge, shape)
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
            self._move_to(Device("cpu", f"CPU: {self.device.name} has too little memory"))

    def _pass(
        self, unit: NDArray[np.float32], edge: int, shape: tuple[int, int]
    ) -> Iterator[Progress]:
        height, width = unit.shape[1:]
        geometry = self._geometry
        padded = tiling.mirrored(unit, geometry.alignment if edge else 1, geometry.minimum_size)
        tiles = self._tiles((padded.shape[1], padded.shape[2]), edge)
        canvas = tiling.Canvas(len(self.checkpoint.classes), (padded.shape[1], padded.shape[2]))
        for done, tile in enumerate(tiles):
            yield Progress(done, len(tiles), "Predicting")
            canvas.add(tile, self._run(padded[:, *tile.rect.slices]))
        values = enlarged(np.ascontiguousarray(canvas.result()[:, :height, :width]), shape)
        yield Progress(
            len(tiles), len(tiles), "Predicted", Probabilities(values, self.checkpoint.classes)
        )

    def _tiles(self, shape: tuple[int, int], edge: int) -> tuple[tiling.Tile, ...]:
        field, alignment = self._geometry.receptive_field, self._geometry.alignment
        if not edge:
            return tiling.whole(shape)
        if field is None:
            return tiling.smooth_tiles(shape, edge, _OVERLAP, alignment)
        return tiling.exact_tiles(shape, edge, field // 2, alignment)

    def _run(self, unit: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities CxHxW of one tile CxHxW."""
        with torch.inference_mode(), _threads(self._threads):
            x = torch.from_numpy(np.ascontiguousarray(unit))[None].to(self.device.name)
            x = ((x - self._mean) / self._std).contiguous(memory_format=torch.channels_last)
            half = fast_type(self.device) if self._precision == "auto" else None
            with torch.autocast(self.device.kind, dtype=half, enabled=half is not None):
                logits = self._network(x)
            values: NDArray[np.float32] = logits.float().softmax(dim=1)[0].cpu().numpy()
            return values

    def _move_to(self, device: Device) -> None:
        self.device = device
        self._network.to(device.name).to(memory_format=torch.channels_last)
        self._mean, self._std = self._mean.to(device.name), self._std.to(device.name)

    def _give_way(self, edge: int) -> None:
        what = f"tiles of {edge} pixels" if edge else "the whole picture"
        self._note(f"{self.device.name} has too little memory for {what}: trying smaller ones")
        if self.device.kind == "cuda":
            torch.cuda.empty_cache()

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(max(1, count))
    try:
        yield
    finally:
        if count is not None:
            torch.set_num_threads(before)


def _is_out_of_memory(error: Exception) -> bool:
    # On the CPU PyTorch raises a plain RuntimeError from its allocator.
    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or "DefaultCPUAllocator" in str(error)
