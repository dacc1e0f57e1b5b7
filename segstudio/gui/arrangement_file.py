"""How the frame list was arranged, as plain values for the project's settings."""

from typing import Any

from segstudio.gui.panels.frame_order import Arrangement, Sorting
from segstudio.project import Status


def to_json(arrangement: Arrangement) -> dict[str, Any]:
    """Plain values."""
    return {
        "search": arrangement.search,
        "statuses": sorted(arrangement.statuses),
        "flagged": arrangement.flagged,
        "empty": arrangement.empty,
        "classes": sorted(arrangement.classes),
        "sorting": arrangement.sorting.name.lower(),
        "reverse": arrangement.reverse,
    }


def from_json(kept: object) -> Arrangement:
    """What :meth:`to_json` gave; all frames by name where it is anything else."""
    if not isinstance(kept, dict):
        return Arrangement()
    try:
        return Arrangement(
            str(kept.get("search", "")),
            frozenset(map(Status, kept.get("statuses", ()))),
            bool(kept.get("flagged")),
            bool(kept.get("empty")),
            frozenset(map(int, kept.get("classes", ()))),
            Sorting[str(kept.get("sorting", "name")).upper()],
            bool(kept.get("reverse")),
        )
    except (TypeError, ValueError, KeyError):
        return Arrangement()
