"""The network while it learns: device, precision, optimiser, averaged weights."""

import logging
import math
from collections.abc import Mapping
from typing import Any, Literal

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from segstudio.core.errors import SegStudioError
from segstudio.inference.device import Device, fast_type
from segstudio.models import Output
from segstudio.training.batches import Batch, Crops
from segstudio.training.ema import WeightAverage
from segstudio.training.losses import LOSSES, total_loss
from segstudio.training.plan import Plan

# Fabric announces its precision on stderr, where the command line keeps to one clear line.
logging.getLogger("lightning_fabric").setLevel(logging.WARNING)

_LONGEST_GRADIENT = 1.0
_MOST_FAILURES_IN_A_ROW = 25
_PRECISION_OF_TYPE = {None: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}
_FABRIC_PRECISION: dict[str, Literal["32-true", "bf16-mixed", "16-mixed"]] = {
    "fp32": "32-true",
    "bf16": "bf16-mixed",
    "fp16": "16-mixed",
}


class Learner:
    """One network, one device, one optimiser.

    Parameters
    ----------
    network
        With its first weights; taken over.
    plan
        Loss, learning rate, weight decay, normalisation and seed.
    device
        Where it learns.
    precision
        "fp32", "bf16" or "fp16"; weights and optimiser are float32 in all of them.
    """

    def __init__(self, network: nn.Module, plan: Plan, device: Device, precision: str) -> None:
        index = device.name.partition(":")[2]
        self._fabric = Fabric(
            accelerator=device.kind,
            devices=[int(index)] if index else 1,
            precision=_FABRIC_PRECISION[precision],
        )
        self._raw = network.train().to(memory_format=torch.channels_last)
        self._plan = plan
        # The fused optimiser is quicker, but does not go with clipping scaled fp16 gradients.
        optimiser = torch.optim.AdamW(
            _groups(network, plan.weight_decay), lr=plan.lr, fused=precision != "fp16"
        )
        self._network, self._optimiser = self._fabric.setup(self._raw, optimiser)
        self.average = WeightAverage(self._raw)
        self._loss = LOSSES[plan.loss]
        self._scales_gradients = precision == "fp16"
        self._failures = 0
        weights = torch.tensor(plan.class_weights, device=self._fabric.device)
        self._weights = weights if plan.class_weights else None
        shape = (1, plan.channels, 1, 1)
        self._mean = torch.tensor(plan.normalisation.mean, device=self._fabric.device).view(shape)
        self._std = torch.tensor(plan.normalisation.std, device=self._fabric.device).view(shape)

    def learn(self, batch: Batch, crops: Crops, rate: float) -> float | None:
        """One step.

        Parameters
        ----------
        batch, crops
            What to learn from, and how to vary its colours.
        rate
            Learning rate of this step.

        Returns
        -------
        The loss; None where it or its gradient was no number, and nothing was learnt.

        Raises
        ------
        SegStudioError
            Where that happened 25 times in a row.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        # Dropout draws from the step's own seed, so that a resumed run repeats nothing and an
        # uninterrupted one gives the same.
        with torch.random.fork_rng(self._random_devices()):
            torch.manual_seed(self._plan.seed + batch.first)
            loss = self._forward(batch, crops)
        value = float(loss.detach())
        learnt = math.isfinite(value) and self._descend(loss)
        self._optimiser.zero_grad(set_to_none=True)
        self._count_failure(learnt)
        if not learnt:
            return None
        self.average.update(self._raw)
        return value

    def state(self) -> dict[str, Any]:
        """Everything that :meth:`restore` needs, as tensors and plain data."""
        return {
            "network": self._raw.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "average": self.average.state,
            "updates": self.average.updates,
            "precision": self._fabric.strategy.precision.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a :meth:`state`."""
        self._raw.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.average.restore(state["average"], state["updates"])
        self._fabric.strategy.precision.load_state_dict(state["precision"])

    def forget_gradients(self) -> None:
        """Free what a failed step left behind."""
        self._optimiser.zero_grad(set_to_none=True)
        if self._fabric.device.type == "cuda":
            torch.cuda.empty_cache()

    def _forward(self, batch: Batch, crops: Crops) -> Tensor:
        device = self._fabric.device
        pictures = crops.jittered(batch.pictures.to(device, non_blocking=True), batch.first)
        pictures = ((pictures - self._mean) / self._std).contiguous(
            memory_format=torch.channels_last
        )
        output = self._network(pictures)
        logits, auxiliary = output if isinstance(output, Output) else (output, ())
        target = batch.target.to(device, non_blocking=True)
        return total_loss(self._loss, logits, auxiliary, target, self._weights)

    def _descend(self, loss: Tensor) -> bool:
        self._fabric.backward(loss)
        norm = self._fabric.clip_gradients(
            self._network, self._optimiser, max_norm=_LONGEST_GRADIENT, error_if_nonfinite=False
        )
        assert norm is not None
        # With fp16 the gradient scaler looks for infinities itself, and lowers its scale by them.
        if self._scales_gradients or math.isfinite(float(norm)):
            self._optimiser.step()
            return True
        return False

    def _count_failure(self, learnt: bool) -> None:
        self._failures = 0 if learnt else self._failures + 1
        if self._failures >= _MOST_FAILURES_IN_A_ROW:
            raise diverged()

    def _random_devices(self) -> list[torch.device]:
        return [self._fabric.device] if self._fabric.device.type == "cuda" else []


def diverged() -> SegStudioError:
    """What to say where loss or weights are no numbers any more."""
    return SegStudioError(
        "training",
        "has diverged: loss or weights are no numbers any more",
        "Lower the learning rate, or train in fp32.",
    )


def out_of_memory(error: RuntimeError) -> bool:
    """Whether this is a device (or the processor) running out of memory."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text


def precision_for(setting: str, device: Device) -> str:
    """The precision that a setting means on a device: "auto" is half where that is quicker."""
    if setting != "auto":
        return setting
    return _PRECISION_OF_TYPE[fast_type(device)]


def _groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Kernels decay; biases and normalisation layers, which are vectors, do not."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": kernels, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
