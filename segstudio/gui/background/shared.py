"""Arrays that several processes see."""

import os
import secrets
import shutil
import weakref
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError

_TMPFS = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class ArrayAddress:
    """Where another process finds an array."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class SharedArray:
    """An array that this process owns; its memory is given back with the object.

    Raises
    ------
    SegStudioError
        Where the system has not enough shared memory.
    """

    def __init__(self, shape: tuple[int, ...], dtype: str) -> None:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        _refuse_where_full(size)
        # macOS takes 30 letters; the process's number tells whose it is, should it ever stay.
        name = f"segstudio-{os.getpid()}-{secrets.token_hex(4)}"
        self._memory = SharedMemory(name, create=True, size=max(1, size))
        self.address = ArrayAddress(self._memory.name, shape, dtype)
        # Also at the end of the program, whatever still holds the object then.
        self._release = weakref.finalize(self, _give_back, self._memory)

    @classmethod
    def of(cls, array: NDArray[Any]) -> "SharedArray":
        """A copy of an array."""
        shared = cls(array.shape, array.dtype.str)
        shared.write(array)
        return shared

    def write(self, array: NDArray[Any]) -> None:
        np.copyto(_view(self._memory, self.address), array)

    def read(self) -> NDArray[Any]:
        """A copy of what is there now."""
        return _view(self._memory, self.address).copy()

    def close(self) -> None:
        """Give the memory back now."""
        self._release()


class AttachedArray:
    """An array of another process; ``values`` must not be used after :meth:`close`."""

    def __init__(self, address: ArrayAddress) -> None:
        self._memory = SharedMemory(address.name)
        self.values: NDArray[Any] = _view(self._memory, address)

    def close(self) -> None:
        del self.values
        self._memory.close()


def _view(memory: SharedMemory, address: ArrayAddress) -> NDArray[Any]:
    return np.ndarray(address.shape, address.dtype, buffer=memory.buf)


def _give_back(memory: SharedMemory) -> None:
    memory.close()
    memory.unlink()


def _refuse_where_full(size: int) -> None:
    # Writing to shared memory that Linux promised and does not have kills the whole window.
    if not _TMPFS.is_dir():
        return
    free = shutil.disk_usage(_TMPFS).free
    if size > free:
        raise SegStudioError(
            str(_TMPFS),
            f"{size / 2**20:.0f} MB of shared memory are needed and {free / 2**20:.0f} MB are free",
            "Close other programs, or give the container more (docker run --shm-size=2g).",
        )
