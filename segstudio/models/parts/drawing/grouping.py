"""Operations of one module that are one block, and what joins the maps of several."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

from segstudio.models.parts.drawing.block import Block, Rules, scale
from segstudio.models.parts.drawing.trace import Operation

STACK = "stack"
_JOINS = {
    "add": "sum",
    "__add__": "sum",
    "add_": "sum",
    "__iadd__": "sum",
    "sum": "sum",
    "cat": "concatenate",
    "concat": "concatenate",
    "mul": "gate",
    "__mul__": "gate",
    "mul_": "gate",
    "__imul__": "gate",
    "maximum": "maximum",
    "stack": STACK,
}
INDICES = "pooling indices"
GLANCE = 8
"""A map of no more pixels a side is what a pyramid pooled: its scale is no power of two."""
_WIDE = 3
"""Branches that make a join worth showing where a single module holds it."""
_LARGE = 3
"""Convolutions that make a module a stage of its own."""


def blocks(operations: list[Operation], rules: Rules) -> list[Block]:
    """The operations as blocks that know each other."""
    consumers: dict[int, list[Operation]] = {id(entry): [] for entry in operations}
    for entry in operations:
        for source in entry.sources:
            consumers[id(source)].append(entry)
    found: list[Block] = []
    owner: dict[int, Block] = {}
    for group, name in _groups(operations, 0, consumers, rules):
        block = Block(group, [], group[-1].shape)
        block.names = [name] if block.convolutions else []
        block.is_large = block.convolutions >= _LARGE
        if len(group) == 1:
            block.joins = _join(group[0])
        found.append(block)
        for entry in group:
            owner[id(entry)] = block
    for block in found:
        inputs = [owner[id(s)] for entry in block.operations for s in entry.sources]
        block.sources = list(dict.fromkeys(b for b in inputs if b is not block))
        indices = [owner[id(s)] for entry in block.operations for s in entry.indices_of]
        block.indices_of = list(dict.fromkeys(b for b in indices if b is not block))
    return found


def _groups(
    operations: list[Operation],
    depth: int,
    consumers: Mapping[int, list[Operation]],
    rules: Rules,
) -> Iterator[tuple[list[Operation], str]]:
    """Operations of one module call together, where that is one block; else of those inside it."""
    for call, members in groupby(operations, lambda entry: entry.calls[depth : depth + 1]):
        group = list(members)
        name = call[0][0] if call else ""
        if not call:
            yield from (([entry], "") for entry in group)
        elif len(group) == 1 or _is_one_block(group, consumers, rules):
            yield group, name
        else:
            yield from _groups(group, depth + 1, consumers, rules)


def _is_one_block(
    group: list[Operation], consumers: Mapping[int, list[Operation]], rules: Rules
) -> bool:
    inside = {id(entry) for entry in group}
    entering = {id(s) for entry in group for s in entry.sources} - inside
    leaving = [e for e in group if any(id(c) not in inside for c in consumers[id(e)])]
    passes_indices = any("indices" in e.function or e.indices_of for e in group)
    if len(entering) > 1 or len(leaving) > 1 or passes_indices or _is_pyramid(group):
        return False
    return not rules.wide_joins or not any(_branches(e, inside, consumers) for e in group)


def _is_pyramid(group: list[Operation]) -> bool:
    """Whether it goes through several scales, or looks at the picture as a few pixels.

    What is joined with the map again only weighs the channels of one stage.
    """
    scales = {scale(entry.shape) for entry in group if entry.shape[-1] > GLANCE}
    sees_all = any(entry.shape[-1] <= GLANCE for entry in group)
    return len(scales) >= _WIDE or (sees_all and not any(map(_join, group)))


def _branches(
    entry: Operation, inside: Collection[int], consumers: Mapping[int, list[Operation]]
) -> bool:
    """Whether three or more maps meet here; sums of two that are summed again count as one."""
    if not _join(entry):
        return False
    maps, waiting = 0, list(entry.sources)
    while waiting:
        source = waiting.pop()
        alone = len(consumers[id(source)]) == 1 and id(source) in inside
        if alone and _join(source) == _join(entry):
            waiting += source.sources
        else:
            maps += 1
    return maps >= _WIDE


def _join(entry: Operation) -> list[str]:
    if entry.indices_of:
        return [INDICES]
    several = len({id(source) for source in entry.sources}) > 1
    return [_JOINS.get(entry.function, entry.function)] if several else []
