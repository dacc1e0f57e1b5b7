"""A network's block diagram, taken from what it does to a picture rather than from its name.

The network runs once on the meta device, where tensors have a shape and no values. Every operation
on the way from picture to logits is noted with the module calls around it. What a module does
between one map that enters and one that leaves becomes one block; blocks in a row at one scale
with as many channels become one stage; what brings several maps together becomes a join.
"""

from dataclasses import dataclass

import torch
from torch import nn

from segstudio.models.parts.drawing.block import EDGE, Block, Rules
from segstudio.models.parts.drawing.grouping import INDICES, STACK
from segstudio.models.parts.drawing.grouping import blocks as grouped
from segstudio.models.parts.drawing.labels import labels
from segstudio.models.parts.drawing.reduction import reduced
from segstudio.models.parts.drawing.trace import Operation, Trace

__all__ = ["INDICES", "MOST_STAGES", "Diagram", "Link", "Stage", "diagram"]

MOST_STAGES = 20
_REDUCTIONS = {"mean": "mean", "sum": "sum", "amax": "maximum", "max": "maximum"}
_RULES = (
    Rules(),
    Rules(False),
    Rules(False, wide_joins=False),
    Rules(False, wide_joins=False, widths_apart=False),
    Rules(False, wide_joins=False, widths_apart=False, branch_convolutions=1000),
)
"""The first that gives a diagram of at most :data:`MOST_STAGES` is taken, else the last."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One block of the diagram.

    Attributes
    ----------
    name
        The module, or the first and last of several, as the code calls them.
    operation
        How the maps that enter are joined: "sum", "concatenate", "gate", "pooling indices", or
        "" where one enters.
    channels
        Of the map that leaves.
    size
        Height and width of that map, for a picture of 1024 x 1024 pixels.
    scale
        The power of two that the picture is shrunk by at that map: 1, 2, 4, ...
    parameters
        Weights inside.
    """

    name: str
    operation: str
    channels: int
    size: tuple[int, int]
    scale: int
    parameters: int


@dataclass(frozen=True, slots=True)
class Link:
    """A map, or pooling indices, that goes from one stage to another; both by their place."""

    source: int
    target: int
    indices: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """Stages in the order in which they run, the picture first and the logits last."""

    stages: tuple[Stage, ...]
    links: tuple[Link, ...]


def diagram(network: nn.Module, channels: int) -> Diagram:
    """The block diagram of a network on the meta device.

    Parameters
    ----------
    network
        Made under ``torch.device("meta")``; put into eval mode.
    channels
        Number of input channels.
    """
    trace = Trace(network.eval())
    with trace.watching(), torch.device("meta"):
        network(trace.picture(torch.empty(1, channels, EDGE, EDGE)))
    return _drawn(trace.operations)


def _drawn(operations: list[Operation]) -> Diagram:
    blocks: list[Block] = []
    for rules in _RULES:
        blocks = reduced(grouped(operations, rules), rules)
        if len(blocks) <= MOST_STAGES:
            break
    places = {id(block): place for place, block in enumerate(blocks)}
    links = [
        Link(places[id(source)], place, indices)
        for place, block in enumerate(blocks)
        for sources, indices in ((block.sources, False), (block.indices_of, True))
        for source in dict.fromkeys(sources)
    ]
    names = labels([block.names for block in blocks])
    if not blocks[-1].parameters:
        names[-1] = "logits"
    return Diagram(tuple(map(_stage, blocks, names)), tuple(links))


def _stage(block: Block, name: str) -> Stage:
    height, width = block.shape[-2:]
    joins = [_reduction(block) if join == STACK else join for join in block.joins]
    return Stage(
        name or next(iter(joins), block.operations[0].function.replace("_", " ")),
        ", ".join(dict.fromkeys(joins)),
        block.shape[1],
        (int(height), int(width)),
        block.scale,
        block.parameters,
    )


def _reduction(block: Block) -> str:
    """What becomes of stacked maps."""
    functions = (entry.function for entry in block.operations)
    return next((_REDUCTIONS[name] for name in functions if name in _REDUCTIONS), STACK)
