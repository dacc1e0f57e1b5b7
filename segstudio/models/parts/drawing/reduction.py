"""Blocks that only pass on are left out, and those in a row become one."""

from collections.abc import Mapping

from segstudio.models.parts.drawing.block import Block, Rules


def reduced(blocks: list[Block], rules: Rules) -> list[Block]:
    """The blocks without those that only pass on, and with those in a row as one."""
    while True:
        readers: dict[int, list[Block]] = {id(block): [] for block in blocks}
        for block in blocks:
            for source in block.sources:
                readers[id(source)].append(block)
        gone = next(
            (block for block in blocks[1:] if _absorbed(block, blocks, readers, rules)), None
        )
        if gone is None:
            return blocks
        blocks = [block for block in blocks if block is not gone]


def _absorbed(
    block: Block, blocks: list[Block], readers: Mapping[int, list[Block]], rules: Rules
) -> bool:
    """Whether the block has become a part of a neighbour, or of the link between two."""
    into, after = block.sources, readers[id(block)]
    if len(into) == 1 and _is_passed_on(block, into[0], after, rules, len(readers[id(into[0])])):
        _give(block, into[0], blocks)
        return True
    if len(after) == 1 and _begins(block, after[0]):
        _take(block, after[0], blocks)
        return True
    if len(into) == 1 and len(after) == 1 and _is_on_a_link(block, readers, rules):
        after[0].sources = [into[0] if b is block else b for b in after[0].sources]
        after[0].on_links += [*block.operations, *block.on_links]
        return True
    return False


def _is_passed_on(
    block: Block, before: Block, after: list[Block], rules: Rules, before_readers: int
) -> bool:
    """Whether a block belongs to the one before: it changes no shape, or goes on in its manner."""
    if block.indices_of or block.joins:
        return False
    same_width = block.shape[1] == before.shape[1]
    same_scale = block.scale == before.scale
    if not block.convolutions:
        # A pooling that several read ends the stage that it shrinks.
        return same_scale or (before_readers == 1 < len(after) and same_width)
    if rules.modules_apart and (before.is_large or block.is_large):
        return False
    alike = same_scale and (same_width or not rules.widths_apart)
    return before_readers == 1 and alike and bool(before.convolutions)


def _begins(block: Block, after: Block) -> bool:
    """Whether a pooling, an enlargement or a join is the first thing that the next block does."""
    if block.convolutions or block.scale != after.scale:
        return False
    return (len(after.sources) == 1 and not after.joins) or bool(block.joins and after.joins)


def _is_on_a_link(block: Block, readers: Mapping[int, list[Block]], rules: Rules) -> bool:
    """Whether it only fits a map for the join that it goes to, and has no others beside it."""
    (before,), (join,) = block.sources, readers[id(block)]
    if len(join.sources) < 2 or block.convolutions > rules.branch_convolutions:
        return False
    beside = [b for b in join.sources if b is not block and b.sources == [before]]
    return not beside and before not in join.sources and not block.indices_of


def _give(block: Block, before: Block, blocks: list[Block]) -> None:
    before.operations += block.operations
    before.on_links += block.on_links
    before.names += block.names
    before.is_large |= block.is_large
    if before.sources:  # a margin around it makes the picture no larger
        before.shape = block.shape
    for other in blocks:
        other.sources = _exchanged(other.sources, block, before)
        other.indices_of = _exchanged(other.indices_of, block, before)


def _take(block: Block, after: Block, blocks: list[Block]) -> None:
    after.operations = block.operations + after.operations
    after.on_links = block.on_links + after.on_links
    after.names = block.names + after.names
    after.is_large |= block.is_large
    after.joins = block.joins + after.joins
    others = [source for source in after.sources if source is not block]
    after.sources = list(dict.fromkeys(block.sources + others))
    after.indices_of = list(dict.fromkeys(block.indices_of + after.indices_of))
    for other in blocks:
        other.indices_of = _exchanged(other.indices_of, block, after)


def _exchanged(blocks: list[Block], gone: Block, instead: Block) -> list[Block]:
    return list(dict.fromkeys(instead if block is gone else block for block in blocks))
