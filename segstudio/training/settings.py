"""What a person decides about a training run. Importable without torch; plain, picklable data."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from segstudio.core.errors import SegStudioError

LOSS_NAMES = ("ce", "ce+dice")
AUGMENTATIONS = ("scenes", "none")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")
DEFAULT_STEPS = 1000


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Settings of a training run; None means "chosen from the data and the device".

    Attributes
    ----------
    model
        Name of an architecture, or path of a checkpoint to go on from.
    options
        Options of the architecture that differ from their defaults.
    loss
        "ce" (cross entropy) or "ce+dice".
    augmentation
        "scenes" (zoomed, mirrored, other light) or "none", where a network is to learn these very
        pictures.
    steps, minutes
        How long to train; the run ends with whichever comes first. ``minutes`` counts the whole
        run, reading and evaluation included. With neither, 1000 steps.
    batch_size
        Crops per step.
    crop
        Rows and columns of a training crop, in pixels of the network's input.
    scale
        Working resolution: the network sees pictures resized by this factor, 0 to 1.
    lr, weight_decay
        Of AdamW (Loshchilov & Hutter 2019); ``lr`` is the peak of warm-up and cosine.
    seed
        Decides split, crops, order and first weights.
    device
        "auto", "cpu", "cuda", "cuda:1", "mps".
    precision
        "auto" (bfloat16 where the device is fast at it), "fp32", "bf16" or "fp16".
    validation_share
        Share of the frames held back for validation where no validation set is given.
    evaluate_every
        Steps between two evaluations.
    void_ids
        Mask values besides 255 that mean void.
    init
        Checkpoint whose weights the run starts from, or the name of an architecture for its
        published weights ("deeplabv3_resnet50"), or None for random ones.

    Raises
    ------
    SegStudioError
        Where a value makes no sense.
    """

    model: str = "unet"
    options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "ce"
    augmentation: str = "scenes"
    steps: int | None = None
    minutes: float | None = None
    batch_size: int | None = None
    crop: tuple[int, int] | None = None
    scale: float | None = None
    lr: float | None = None
    weight_decay: float = 0.01
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    validation_share: float = 0.2
    evaluate_every: int | None = None
    void_ids: tuple[int, ...] = ()
    init: Path | None = None

    def __post_init__(self) -> None:
        _refuse_unless(self.loss in LOSS_NAMES, "loss", self.loss, " or ".join(LOSS_NAMES))
        _refuse_unless(
            self.augmentation in AUGMENTATIONS,
            "augmentation",
            self.augmentation,
            " or ".join(AUGMENTATIONS),
        )
        _refuse_unless(
            self.precision in PRECISIONS, "precision", self.precision, ", ".join(PRECISIONS)
        )
        for name in ("steps", "batch_size", "evaluate_every"):
            value = getattr(self, name)
            _refuse_unless(value is None or value >= 1, name, value, "1 or more")
        for name in ("minutes", "lr"):
            value = getattr(self, name)
            _refuse_unless(
                value is None or (math.isfinite(value) and value > 0), name, value, "above 0"
            )
        crop_fits = self.crop is None or (len(self.crop) == 2 and min(self.crop) >= 1)
        _refuse_unless(crop_fits, "crop", self.crop, "two sizes of at least 1 pixel")
        _refuse_unless(self.scale is None or 0 < self.scale <= 1, "scale", self.scale, "0 to 1")
        _refuse_unless(self.weight_decay >= 0, "weight decay", self.weight_decay, "0 or more")
        _refuse_unless(self.seed >= 0, "seed", self.seed, "0 or more")
        share = self.validation_share
        _refuse_unless(0 < share < 1, "validation share", share, "between 0 and 1")
        void_fits = all(0 <= value <= 255 for value in self.void_ids)
        _refuse_unless(void_fits, "void", self.void_ids, "a mask value from 0 to 255")

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``config.json``."""
        plain = asdict(self)
        plain["options"] = dict(self.options)
        plain["init"] = str(self.init) if self.init else None
        return plain

    @classmethod
    def from_json(cls, entries: Mapping[str, Any]) -> Self:
        """The settings that :meth:`to_json` wrote; entries of newer versions are left out."""
        known = {entry.name for entry in fields(cls)}
        values = {name: value for name, value in entries.items() if name in known}
        for name in ("crop", "void_ids"):
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        if values.get("init") is not None:
            values["init"] = Path(values["init"])
        return cls(**values)


def _refuse_unless(fits: bool, name: str, value: object, wanted: str) -> None:
    if not fits:
        raise SegStudioError(
            name.replace("_", " "), f"is {value!r}", f"It must be {wanted}.".replace("  ", " ")
        )
