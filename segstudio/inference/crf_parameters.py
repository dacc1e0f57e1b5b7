"""The dense CRF's parameters: plain data that panels, files and the command line share."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from segstudio.core.errors import SegStudioError
from segstudio.core.options import OptionSpec, describe, option

Norm = Literal["symmetric", "before", "after", "none"]
NORMS: tuple[Norm, ...] = get_args(Norm)

Penalty = tuple[int, int, float]
"""Two classes and the factor of their penalty."""


@dataclass(frozen=True, slots=True)
class CrfParameters:
    """The energy's weights and widths (section 4 of the paper), and how sure scribbles are.

    Attributes
    ----------
    penalties
        Pairs of different channels with a factor of 0 or more: how much worse than any other pair
        (1) it is for them to meet at pixels alike. Empty is the Potts model.

    Raises
    ------
    SegStudioError
        Where a value makes no sense.
    """

    iterations: int = option(
        5,
        "Iterations",
        "Rounds of mean-field inference; more spread labels farther and take longer.",
        minimum=0,
        maximum=50,
    )
    smoothness_weight: float = option(
        3.0,
        "Smoothness",
        "How strongly neighbouring pixels are pulled to one class, whatever they look like.",
        minimum=0.0,
        maximum=30.0,
        decimals=1,
    )
    smoothness_sigma_xy: float = option(
        3.0,
        "Smoothness reach",
        "How far this pull reaches.",
        minimum=0.5,
        maximum=50.0,
        decimals=1,
        unit="px",
        logarithmic=True,
    )
    appearance_weight: float = option(
        5.0,
        "Appearance",
        "How strongly pixels of like colour are pulled to one class; too much erases thin things.",
        minimum=0.0,
        maximum=30.0,
        decimals=1,
    )
    appearance_sigma_xy: float = option(
        80.0,
        "Appearance reach",
        "How far apart pixels of like colour may be.",
        minimum=1.0,
        maximum=500.0,
        decimals=0,
        unit="px",
        logarithmic=True,
    )
    appearance_sigma_rgb: float = option(
        13.0,
        "Colour tolerance",
        "How much colours may differ and still count as alike, on a scale of 0 to 255.",
        minimum=1.0,
        maximum=100.0,
        decimals=0,
        logarithmic=True,
    )
    scribble_confidence: float = option(
        0.98,
        "Scribble confidence",
        "How sure a pixel labelled by hand is while labels spread; it keeps its class anyway.",
        minimum=0.5,
        maximum=0.999,
        decimals=3,
    )
    normalisation: Norm = option(
        "symmetric",
        "Normalisation",
        "How a pixel with many alike is kept from outvoting one with few: symmetric as its "
        "authors advise, on one side, or not at all.",
        choices=NORMS,
    )
    penalties: tuple[Penalty, ...] = ()

    def __post_init__(self) -> None:
        for spec in describe(type(self)):
            value = getattr(self, spec.name)
            if not _makes_sense(spec, value):
                raise _refusal(spec.label, value, _wanted(spec))
        for one, other, factor in self.penalties:
            if one == other or not (math.isfinite(factor) and factor >= 0):
                raise _refusal("penalty", (one, other, factor), "two different classes, 0 or more")

    def with_channels(self, channel_of: Mapping[int, int]) -> Self:
        """The same with class ids exchanged for channels; pairs that are not there are dropped."""
        known = [
            (channel_of[one], channel_of[other], factor)
            for one, other, factor in self.penalties
            if one in channel_of and other in channel_of
        ]
        return replace(self, penalties=tuple(known))

    def to_json(self) -> dict[str, Any]:
        """Plain data for files."""
        return asdict(self)

    @classmethod
    def from_json(cls, entries: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` gave; entries of newer versions are left out.

        Raises
        ------
        SegStudioError
            Where an entry is not what it should be.
        """
        known = {entry.name for entry in fields(cls)}
        values = {name: value for name, value in entries.items() if name in known}
        try:
            values["penalties"] = tuple(
                (int(one), int(other), float(factor))
                for one, other, factor in values.get("penalties", ())
            )
            return cls(**values)
        except (TypeError, ValueError) as error:
            raise SegStudioError(
                "CRF parameters", f"cannot be read: {error}", "Correct or delete the file."
            ) from error


def read_parameters(path: Path) -> CrfParameters:
    """Parameters from a JSON file: some or all fields of :class:`CrfParameters` by name.

    Raises
    ------
    SegStudioError
        Where the file cannot be read, is no JSON object, or a value makes no sense.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SegStudioError(path, f"cannot be read: {error}", "Name a JSON file.") from error
    if not isinstance(entries, dict):
        raise SegStudioError(path, "holds no JSON object", 'Write {"iterations": 5, ...}.')
    return CrfParameters.from_json(entries)


def _makes_sense(spec: OptionSpec, value: object) -> bool:
    if spec.choices:
        return value in spec.choices
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    whole = spec.kind is not int or isinstance(value, int)
    # Sliders end where values are of use; a file may go below or beyond.
    return whole and math.isfinite(value) and value >= 0 and (value > 0 or not _is_width(spec))


def _is_width(spec: OptionSpec) -> bool:
    return "sigma" in spec.name


def _wanted(spec: OptionSpec) -> str:
    if spec.choices:
        return "one of " + ", ".join(spec.choices)
    kind = "whole number" if spec.kind is int else "number"
    return f"a {kind} above 0" if _is_width(spec) else f"a {kind} of 0 or more"


def _refusal(name: str, value: object, wanted: str) -> SegStudioError:
    return SegStudioError(f"CRF: {name.lower()}", f"is {value!r}", f"It must be {wanted}.")


PRESETS: Mapping[str, CrfParameters] = {
    "standard": CrfParameters(),
    "as published": CrfParameters(appearance_weight=10.0),
    "gentle": CrfParameters(
        iterations=3,
        smoothness_weight=1.0,
        smoothness_sigma_xy=2.0,
        appearance_weight=3.0,
        appearance_sigma_xy=40.0,
        appearance_sigma_rgb=8.0,
    ),
    "strong": CrfParameters(
        iterations=10,
        smoothness_weight=5.0,
        appearance_weight=10.0,
        appearance_sigma_xy=100.0,
        appearance_sigma_rgb=20.0,
    ),
}
"""By name: a middle way; what the paper's authors used; one that spares thin things; one that
trusts the picture more than the network."""


def preset_of(parameters: CrfParameters) -> str:
    """Name of the preset that these are, penalties aside; empty where they are none."""
    plain = replace(parameters, penalties=())
    return next((name for name, preset in PRESETS.items() if preset == plain), "")
