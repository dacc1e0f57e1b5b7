"""What a training run says while it runs. Importable without torch, as windows unpickle it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrainReport:
    """Where a training run stands.

    Attributes
    ----------
    step, steps
        Optimiser steps done, and in all; an estimate where minutes end the run.
    loss
        Mean of the last steps; None before the first.
    lr
        Learning rate of the last step.
    mean_iou, pixel_accuracy, per_class_iou
        Of this report's evaluation; None where it holds none. Per class by name, None for
        classes that occur nowhere.
    best_mean_iou
        The best evaluation so far: that of ``checkpoint``.
    seconds, eta_seconds
        Since the run began (earlier parts of a resumed run counted), and until its end.
    images_per_second
        Crops learnt from per second of training.
    checkpoint
        The best network so far, or None while there is none.
    """

    step: int
    steps: int
    loss: float | None
    lr: float
    seconds: float
    eta_seconds: float
    images_per_second: float = 0.0
    mean_iou: float | None = None
    pixel_accuracy: float | None = None
    per_class_iou: dict[str, float | None] | None = None
    best_mean_iou: float | None = None
    checkpoint: Path | None = None
