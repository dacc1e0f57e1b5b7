"""Options as frozen dataclasses that say how to show themselves.

Tools, networks and the CRF declare their settings once; panels, dialogs and ``--help`` build
themselves from them.
"""

from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

_KEY = "segstudio"


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """How one field is shown.

    ``kind`` is float, int, bool or str; ``choices`` are the values of a closed set; a
    ``logarithmic`` slider gives small values as much room as large ones.
    """

    name: str
    kind: type
    default: Any
    label: str
    tooltip: str
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    unit: str = ""
    choices: tuple[Any, ...] = ()
    logarithmic: bool = False


def option(
    default: Any,
    label: str,
    tooltip: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    decimals: int = 0,
    unit: str = "",
    choices: Sequence[Any] = (),
    logarithmic: bool = False,
) -> Any:
    """A dataclass field with the description that its control needs."""
    shown = {
        "label": label,
        "tooltip": tooltip,
        "minimum": minimum,
        "maximum": maximum,
        "decimals": decimals,
        "unit": unit,
        "choices": tuple(choices),
        "logarithmic": logarithmic,
    }
    return field(default=default, metadata={_KEY: shown})


def describe(options_type: type) -> tuple[OptionSpec, ...]:
    """Specs of a dataclass's fields, in order; fields not made by :func:`option` are left out."""
    return tuple(_spec(entry) for entry in fields(options_type) if _KEY in entry.metadata)


def _spec(entry: "Field[Any]") -> OptionSpec:
    assert entry.default is not MISSING
    return OptionSpec(
        name=entry.name, kind=type(entry.default), default=entry.default, **entry.metadata[_KEY]
    )
