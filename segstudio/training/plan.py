"""Settings made concrete: what is left open is chosen from the data and the device."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from segstudio import models
from segstudio.core.options import describe
from segstudio.models import Normalisation
from segstudio.models.checkpoint import Checkpoint
from segstudio.training.augment import PRESETS, Augmentation
from segstudio.training.settings import DEFAULT_STEPS, TrainSettings

_GRID = 16
_SMALLEST_CROP = 32
_FINE_TUNING_LR = 3e-4
_SCALE_STEPS = 8
_SMALLEST_SCALE = 0.25


@dataclass(frozen=True, slots=True)
class _Means:
    """What a kind of device can carry in minutes rather than hours."""

    working_pixels: int
    crop_edge: int
    batch_size: int
    width: int | None
    fresh_lr: float


# Two processor cores push some twenty crops of 240x176 a second through training a U-Net of width
# 8, and eight through one of width 16, which has learnt less after ten minutes; a graphics card
# some hundred of 512x512. Narrow networks bear higher rates.
_CPU = _Means(working_pixels=2**16, crop_edge=256, batch_size=4, width=8, fresh_lr=3e-3)
_GPU = _Means(working_pixels=2**20, crop_edge=512, batch_size=8, width=None, fresh_lr=1e-3)
_PATIENT_WIDTH = 16
_PATIENT_MINUTES = 30.0
"""From so long a run on a processor the wider network is worth its price."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that shapes a run and must not change when it is resumed.

    Attributes
    ----------
    architecture, options, channels, normalisation
        The network, as in a checkpoint.
    scale
        Working resolution.
    class_weights
        Of each logit in the cross entropy; empty for equal ones.
    crop, batch_size, augmentation, loss, lr, weight_decay, seed
        As in :class:`TrainSettings`, none of them open.
    """

    architecture: str
    options: dict[str, Any]
    channels: int
    normalisation: Normalisation
    scale: float
    crop: tuple[int, int]
    batch_size: int
    loss: str
    lr: float
    weight_decay: float
    seed: int
    class_weights: tuple[float, ...] = ()
    augmentation: Augmentation = field(default_factory=Augmentation)

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``config.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, entries: Mapping[str, Any]) -> Self:
        """The plan that :meth:`to_json` wrote."""
        normalisation = entries["normalisation"]
        augmentation = entries["augmentation"]
        return cls(
            **{
                **entries,
                "crop": tuple(entries["crop"]),
                "class_weights": tuple(entries.get("class_weights", ())),
                "normalisation": Normalisation(
                    tuple(normalisation["mean"]), tuple(normalisation["std"])
                ),
                "augmentation": Augmentation(
                    **{**augmentation, "zoom": tuple(augmentation["zoom"])}
                ),
            }
        )


def make_plan(
    settings: TrainSettings,
    size: tuple[int, int],
    has_colour: bool,
    on_cpu: bool,
    start: Checkpoint | None = None,
) -> Plan:
    """Fill in what the settings leave open.

    The normalisation is that of ``start``, or neutral and to be measured; so are class weights.

    Parameters
    ----------
    size
        Typical height and width of the pictures.
    has_colour
        Whether the network needs three channels.
    on_cpu
        A processor gets a narrower network and a coarser working resolution.
    start
        The checkpoint that the run starts from; it decides the architecture.

    Raises
    ------
    SegStudioError
        Where the architecture or one of its options does not exist.
    """
    means = _means(settings, on_cpu)
    architecture = start.architecture if start else settings.model
    initial = None if start else initial_weights(settings)
    options = dict(start.options) if start else _options(settings, means, initial)
    channels = start.channels if start else (3 if has_colour else 1)
    spec = models.spec(architecture)
    spec.make_options(**options)
    scale = settings.scale or (start.scale if start else _scale(size, means))
    smallest = max(_SMALLEST_CROP, spec.geometry(**options).minimum_size)
    return Plan(
        architecture=architecture,
        options=options,
        channels=channels,
        normalisation=(
            start.normalisation if start else Normalisation((0.0,) * channels, (1.0,) * channels)
        ),
        scale=scale,
        crop=settings.crop or _crop(size, scale, means, smallest),
        batch_size=settings.batch_size or means.batch_size,
        loss=settings.loss,
        lr=settings.lr
        or min(spec.highest_lr, _FINE_TUNING_LR if start or initial else means.fresh_lr),
        weight_decay=settings.weight_decay,
        seed=settings.seed,
        augmentation=PRESETS[settings.augmentation],
    )


def initial_weights(settings: TrainSettings) -> models.InitialWeights | None:
    """What the option ``weights`` of the settings' architecture names; None for random ones.

    Raises
    ------
    SegStudioError
        Where the architecture or one of its options does not exist.
    """
    spec = models.spec(settings.model)
    wanted = getattr(spec.make_options(**settings.options), "weights", "none")
    return None if wanted == "none" else spec.initial[wanted]


def run_length(settings: TrainSettings) -> tuple[int | None, float | None]:
    """Steps and seconds that end the run; 1000 steps where the settings name neither."""
    seconds = settings.minutes * 60 if settings.minutes else None
    return settings.steps or (None if seconds else DEFAULT_STEPS), seconds


def with_batch_size(plan: Plan, batch_size: int) -> Plan:
    """The plan with smaller batches, for a device that ran out of memory."""
    return replace(plan, batch_size=batch_size)


def _means(settings: TrainSettings, on_cpu: bool) -> _Means:
    if not on_cpu:
        return _GPU
    patient = settings.minutes is not None and settings.minutes >= _PATIENT_MINUTES
    return replace(_CPU, width=_PATIENT_WIDTH) if patient else _CPU


def _options(
    settings: TrainSettings, means: _Means, initial: models.InitialWeights | None
) -> dict[str, Any]:
    known = {option.name for option in describe(models.spec(settings.model).options)}
    if initial is not None:
        # Published weights fit the published width alone.
        preferred = dict(initial.options)
    else:
        preferred = {"width": means.width} if means.width and "width" in known else {}
    wanted = {**preferred, **settings.options}
    # Where training began is not a part of the network.
    wanted.pop("weights", None)
    return wanted


def _scale(size: tuple[int, int], means: _Means) -> float:
    """The largest whole number of eighths at which a picture fits, at least a quarter."""
    fitting = math.sqrt(means.working_pixels / (size[0] * size[1]))
    eighths = math.floor(fitting * _SCALE_STEPS) / _SCALE_STEPS
    return min(1.0, max(_SMALLEST_SCALE, eighths))


def _crop(size: tuple[int, int], scale: float, means: _Means, smallest: int) -> tuple[int, int]:
    """The whole picture at working resolution, on a grid of 16, as far as the device carries."""
    rows, columns = (
        max(smallest, min(means.crop_edge, int(edge * scale)) // _GRID * _GRID) for edge in size
    )
    return rows, columns
