"""PyTorch as it is, and in bfloat16 where the CPU multiplies that in hardware."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segstudio.inference.backends.spec import Forward, Job, versions
from segstudio.inference.device import Device, fast_type


@dataclass(frozen=True, slots=True)
class Eager:
    """Runs the module itself, its maps stored channels last."""

    name: str = "PyTorch"
    half: bool = False

    def version(self) -> str:
        if self.half and fast_type(Device("cpu", "")) is None:
            return ""
        return versions("torch")

    def make(self, job: Job) -> Forward:
        half, network = self.half, job.network

        def forward(x: Tensor) -> Tensor:
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                logits: Tensor = network(x.contiguous(memory_format=torch.channels_last))
            return logits.float()

        return forward
