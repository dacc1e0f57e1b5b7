"""Options that many architectures have, said once; fields of their frozen dataclasses."""

from typing import Any

from segstudio.core.options import option
from segstudio.models.parts.blocks import NORMALISINGS


def doubling_width_option() -> Any:
    """An int: channels of a U-Net's first level."""
    return option(
        64,
        "Width",
        "Channels of the first level; each level below has twice as many. 16 is quick on a CPU.",
        minimum=4,
        maximum=128,
    )


def normalising_option() -> Any:
    """What follows convolutions: a :data:`segstudio.models.parts.blocks.Normalising`."""
    return option(
        "batch",
        "Normalisation",
        "Over the batch, or within each picture: steadier where only one or two crops fit.",
        choices=NORMALISINGS,
    )


def dropout_option(default: float, tooltip: str) -> Any:
    """A float from 0 to 0.9: the share of values that training silences."""
    return option(default, "Dropout", tooltip, minimum=0.0, maximum=0.9, decimals=2)
