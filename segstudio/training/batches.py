"""Batches of random crops, prepared ahead of need and the same for the same seed."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.core.classes import ClassTable
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids
from segstudio.inference.pixels import to_unit
from segstudio.models import Normalisation
from segstudio.training.augment import Picture, jitter, random_crop
from segstudio.training.dataset import FrameSet
from segstudio.training.plan import Plan

_AHEAD = 3
# Streams of random numbers that must not share their draws.
_ORDER, _GEOMETRY, _COLOUR = 1, 2, 3
_MEASURED_FRAMES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Crops in main memory.

    Attributes
    ----------
    first
        Running number of the first crop.
    pictures
        (N, C, H, W) float32 on a 0..1 scale, channels last in memory.
    target
        (N, H, W) int64 channel indices, 255 is void.
    """

    first: int
    pictures: Tensor
    target: Tensor

    def __len__(self) -> int:
        return len(self.target)


class Crops:
    """Random crops of the training frames, numbered without end.

    Crop ``i`` depends on the seed and on ``i`` alone, so that a resumed run goes on with exactly
    the crops that an uninterrupted one would have seen. Every frame comes once in ``len(frames)``
    crops.

    Parameters
    ----------
    frames
        Converted in place to 0..1 in whole steps of their integer type.
    classes
        Class ids in the order of the network's logits.
    plan
        Channels, crop, working resolution, augmentation and seed.
    """

    def __init__(self, frames: FrameSet, classes: ClassTable, plan: Plan) -> None:
        self._frames = frames
        self._crop, self._scale, self._seed = plan.crop, plan.scale, plan.seed
        self._augmentation = plan.augmentation
        self._channel_of = np.full(256, VOID, np.uint8)
        self._channel_of[list(classes.ids)] = np.arange(len(classes))
        frames.convert(lambda frame: _quantised(frame, plan.channels))

    def batch(self, first: int, size: int) -> Batch:
        """Crops ``first`` to ``first + size``."""
        pairs = [self._crop_number(first + place) for place in range(size)]
        pictures = np.stack([_unit(picture) for picture, _ in pairs])
        target = np.stack([ids for _, ids in pairs])
        return Batch(
            first,
            torch.from_numpy(pictures).permute(0, 3, 1, 2),
            torch.from_numpy(target).long(),
        )

    def jittered(self, pictures: Tensor, first: int) -> Tensor:
        """The batch's pictures with varied colours, on the device they are on."""
        random = np.random.default_rng((self._seed, _COLOUR, first))
        return jitter(pictures, self._augmentation, random)

    def normalisation(self) -> Normalisation:
        """Mean and standard deviation of the training pictures' channels, on a 0..1 scale."""
        step = max(1, len(self._frames) // _MEASURED_FRAMES)
        means: list[NDArray[np.float64]] = []
        squares: list[NDArray[np.float64]] = []
        for index in range(0, len(self._frames), step):
            picture = _unit(self._frames[index].frame.pixels)
            means.append(picture.mean(axis=(0, 1), dtype=np.float64))
            squares.append(np.square(picture).mean(axis=(0, 1), dtype=np.float64))
        mean = np.stack(means).mean(axis=0)
        # A set of blank pictures has no spread; dividing by it would blow noise up.
        std = np.sqrt(np.maximum(np.stack(squares).mean(axis=0) - mean**2, 1e-4))
        return Normalisation(tuple(mean.tolist()), tuple(std.tolist()))

    def _crop_number(self, number: int) -> tuple[Picture, Ids]:
        epoch, place = divmod(number, len(self._frames))
        order = np.random.default_rng((self._seed, _ORDER, epoch)).permutation(len(self._frames))
        loaded = self._frames[int(order[place])]
        random = np.random.default_rng((self._seed, _GEOMETRY, number))
        picture, ids = random_crop(
            loaded.frame.pixels,
            loaded.ids,
            self._crop,
            self._scale,
            self._augmentation,
            random,
        )
        return picture, self._channel_of[ids]


class Prefetcher:
    """Prepares the next batches in threads while the network learns from this one.

    Parameters
    ----------
    crops
        Where batches come from.
    first, size
        Number of the first crop, and crops per batch.
    workers
        Threads; one is enough beside a network that trains on the CPU.
    """

    def __init__(self, crops: Crops, first: int, size: int, workers: int = 1) -> None:
        self._crops, self._next, self._size = crops, first, size
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="crops")
        self._waiting: deque[Future[Batch]] = deque()
        for _ in range(_AHEAD + workers):
            self._submit()

    def take(self) -> Batch:
        """The next batch; raises what reading its frames raised."""
        batch = self._waiting.popleft().result()
        self._submit()
        return batch

    def close(self) -> None:
        """End the threads; batches that were prepared for nothing are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self) -> None:
        self._waiting.append(self._pool.submit(self._crops.batch, self._next, self._size))
        self._next += self._size


def _quantised(frame: Frame, channels: int) -> Frame:
    """Pixels as the network sees them, HxWxC, in whole steps: exact for 8 bits, and small."""
    kind = np.uint8 if frame.pixels.dtype == np.uint8 else np.uint16
    unit = to_unit(frame.pixels, channels, frame.window).transpose(1, 2, 0)
    steps = np.rint(unit * np.float32(np.iinfo(kind).max)).astype(kind)
    return replace(frame, pixels=np.ascontiguousarray(steps), window=None)


def _unit(picture: Picture) -> NDArray[np.float32]:
    return picture.astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)
