"""Which device a network runs on, and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segstudio.core.errors import SegStudioError

if TYPE_CHECKING:
    import torch

CHOICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class Device:
    """A device and the reason for it, in words for the status bar.

    ``name`` is what PyTorch calls it: "cpu", "cuda:0", "mps"; ``backend`` what computes there
    beside PyTorch, where something does.
    """

    name: str
    reason: str
    backend: str = ""

    @property
    def kind(self) -> str:
        """ "cpu", "cuda" or "mps"."""
        return self.name.partition(":")[0]

    @property
    def label(self) -> str:
        """ "CPU", "CUDA:0", "CPU · OpenVINO"."""
        return f"{self.name.upper()} · {self.backend}" if self.backend else self.name.upper()

    def through(self, backend: str) -> "Device":
        """This device with another library computing on it."""
        reason = f"{self.reason}. {backend} was measured to run this network quickest"
        return Device(self.name, reason, backend)


def choose(name: str = "auto") -> Device:
    """The device of this name, or the quickest one there is.

    Parameters
    ----------
    name
        "auto", "cpu", "cuda", "cuda:1", "mps".

    Raises
    ------
    SegStudioError
        Where the device does not exist here or its name means nothing.
    """
    kind, _, index = name.partition(":")
    if kind not in CHOICES or (index and not (kind == "cuda" and index.isdecimal())):
        raise SegStudioError(f"device {name!r}", "is not known", f"Known: {', '.join(CHOICES)}.")
    if kind == "auto":
        return _quickest()
    if kind == "cpu":
        return Device("cpu", "CPU: chosen")
    if kind == "mps":
        return _mps()
    return _cuda(int(index or 0))


def _quickest() -> Device:
    import torch

    if not (missing := _why_no_cuda()):
        return _cuda(0)
    if torch.backends.mps.is_available():
        return _mps()
    return Device("cpu", f"CPU: {missing}")


def _cuda(index: int) -> Device:
    import torch

    remedy = "Choose the device auto or cpu."
    if missing := _why_no_cuda():
        raise SegStudioError(f"device cuda:{index}", missing, remedy)
    if index >= torch.cuda.device_count():
        found = torch.cuda.device_count()
        reason = f"does not exist; PyTorch finds {found} CUDA device{'s' * (found > 1)}"
        raise SegStudioError(f"device cuda:{index}", reason, remedy)
    memory = torch.cuda.get_device_properties(index).total_memory / 2**30
    return Device(f"cuda:{index}", f"{torch.cuda.get_device_name(index)}, {memory:.0f} GiB")


def _mps() -> Device:
    import torch

    if not torch.backends.mps.is_available():
        raise SegStudioError(
            "device mps", "PyTorch finds no Metal device", "Choose the device auto or cpu."
        )
    return Device("mps", "Apple GPU through Metal")


def _why_no_cuda() -> str:
    import torch

    if torch.version.cuda is None and torch.version.hip is None:
        return "this PyTorch is built without CUDA"
    return "" if torch.cuda.is_available() else "PyTorch finds no CUDA device"


def fast_type(device: Device) -> "torch.dtype | None":
    """The half-precision type that this device computes faster than float32, or None."""
    import torch

    if device.kind == "cuda":
        emulated = not torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.float16 if emulated else torch.bfloat16
    # Only AMX was measured to be quicker; emulated bfloat16 is slower than float32.
    if device.kind == "cpu" and torch.cpu._is_amx_tile_supported():
        return torch.bfloat16
    return None
