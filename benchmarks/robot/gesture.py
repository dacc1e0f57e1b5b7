"""One use of a tool as it is planned, before a hand does it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from segstudio import tools
from segstudio.core.options import describe
from segstudio.core.pointer import Modifier
from segstudio.tools.parts.spec import ToolSpec

Point = tuple[float, float]
"""Row and column in picture pixels."""

Settings = tuple[tuple[str, Any], ...]
"""Options that are not the tool's defaults, by name."""

SLACK = 1.0
"""Picture pixels to each side that a hand may stray at least: so much counts as exact."""

_STEP = 1.2


@dataclass(frozen=True, slots=True)
class Gesture:
    """A stroke, a click, a drag, or several clicks and Enter.

    Attributes
    ----------
    tool
        Its registered name.
    class_id
        The class to paint with; None where the tool does not ask.
    points
        Where the pointer goes.
    slacks
        For each point, how many picture pixels to each side the hand may stray without harm.
    settings
        The tool's options as far as they are not its defaults.
    modifiers
        Keys that are held.
    """

    tool: str
    class_id: int | None
    points: tuple[Point, ...]
    slacks: tuple[float, ...]
    settings: Settings = ()
    modifiers: Modifier = Modifier.NONE

    @property
    def spec(self) -> ToolSpec:
        return tools.registry.get(self.tool)

    @property
    def options(self) -> Any:
        return self.spec.options(**dict(self.settings))

    @property
    def ways(self) -> Iterator[tuple[float, float]]:
        """Length and slack, in picture pixels, of the way to each point but the first."""
        for (start, end), slack in zip(pairwise(self.points), self.slacks[1:], strict=True):
            yield math.dist(start, end), slack


@cache
def sizes(tool: str) -> tuple[int, ...]:
    """The sizes that a tool can be given by a key or the wheel, smallest first.

    As in the window, a step is a fifth, and at least one pixel.
    """
    size = next(
        option for option in describe(tools.registry.get(tool).options) if option.name == "size"
    )
    assert size.minimum is not None
    assert size.maximum is not None
    found = [int(size.default)]
    while found[0] > size.minimum:
        found.insert(0, max(int(size.minimum), min(round(found[0] / _STEP), found[0] - 1)))
    while found[-1] < size.maximum:
        found.append(min(int(size.maximum), max(round(found[-1] * _STEP), found[-1] + 1)))
    return tuple(found)


def nearest_size(tool: str, wanted: float) -> int:
    """The size of a tool nearest to a wish."""
    return min(sizes(tool), key=lambda size: abs(size - wanted))
