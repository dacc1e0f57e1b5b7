"""What is drawn as one, and how much is drawn apart."""

from dataclasses import dataclass, field
from math import log2

import torch

from segstudio.models.parts.drawing.trace import Operation

EDGE = 1024
"""Height and width of the picture: large, so that margins do not blur the scales."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is drawn apart: large modules, joins inside of modules, other widths, branches."""

    modules_apart: bool = True
    wide_joins: bool = True
    widths_apart: bool = True
    branch_convolutions: int = 1


@dataclass(eq=False, slots=True)
class Block:
    """Operations that are drawn as one, and the blocks whose maps they work on.

    ``on_links`` fit those maps and are drawn as nothing but the lines that they come by; a block
    is large where one module of several convolutions is in it.
    """

    operations: list[Operation]
    names: list[str]
    shape: torch.Size
    joins: list[str] = field(default_factory=list)
    sources: list["Block"] = field(default_factory=list)
    indices_of: list["Block"] = field(default_factory=list)
    on_links: list[Operation] = field(default_factory=list)
    is_large: bool = False

    @property
    def convolutions(self) -> int:
        return sum(entry.function.startswith("conv") for entry in self.operations)

    @property
    def parameters(self) -> int:
        weights: dict[int, int] = {}
        for entry in (*self.operations, *self.on_links):
            weights |= entry.weights
        return sum(weights.values())

    @property
    def scale(self) -> int:
        return scale(self.shape)


def scale(shape: torch.Size) -> int:
    """The power of two that the picture is shrunk by at a map of this shape."""
    return 1 << max(0, round(log2(EDGE / max(1, shape[-2]))))
