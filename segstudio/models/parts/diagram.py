"""A network's block diagram, taken from what it does to a picture rather than from its name.

The network runs once on the meta device, where tensors have a shape and no values. Every operation
on the way from picture to logits is noted with the module calls around it. What a module does
between one map that enters and one that leaves becomes one block; blocks in a row at one scale
with as many channels become one stage; what brings several maps together becomes a join.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from math import log2
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

MOST_STAGES = 20
_EDGE = 1024
"""Height and width of the picture: large, so that margins do not blur the scales."""

_STACK = "stack"
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
    "stack": _STACK,
}
_REDUCTIONS = {"mean": "mean", "sum": "sum", "amax": "maximum", "max": "maximum"}
INDICES = "pooling indices"
GLANCE = 8
"""A map of no more pixels a side is what a pyramid pooled: its scale is no power of two."""
_WIDE = 3
"""Branches that make a join worth showing where a single module holds it."""
_LARGE = 3
"""Convolutions that make a module a stage of its own."""


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
    trace = _Trace(network.eval())
    with trace.watching(), torch.device("meta"):
        network(trace.picture(torch.empty(1, channels, _EDGE, _EDGE)))
    return _drawn(trace.operations)


# --- what happens -----------------------------------------------------------------------------

Call = tuple[str, int]
"""A module's name, and which of its calls it was."""


@dataclass(eq=False, slots=True)
class _Operation:
    """One function on tensors. ``calls`` are the module calls around it, the outermost first."""

    function: str
    calls: tuple[Call, ...]
    sources: list["_Operation"]
    indices_of: list["_Operation"]
    shape: torch.Size
    weights: dict[int, int]


class _Trace(TorchFunctionMode):
    """Notes every operation that a picture passes through."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.operations: list[_Operation] = []
        self._network = network
        self._calls: list[Call] = []
        self._counts: Counter[str] = Counter()
        self._made: dict[int, _Operation] = {}
        self._kept: list[Tensor] = []  # an id is a tensor's own only while the tensor lives

    def picture(self, tensor: Tensor) -> Tensor:
        """The tensor that everything starts from."""
        self._note(tensor, _Operation("picture", (), [], [], tensor.shape, {}))
        return tensor

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow the calls of modules, and the functions in them."""
        with ExitStack() as hooks:
            for name, module in self._network.named_modules():
                if name:
                    hooks.callback(module.register_forward_pre_hook(self._enter(name)).remove)
                    hooks.callback(module.register_forward_hook(self._leave).remove)
            hooks.enter_context(self)
            yield

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = dict(kwargs or {})
        tensors = [leaf for leaf in tree_leaves((args, named)) if isinstance(leaf, Tensor)]
        known = [tensor for tensor in tensors if id(tensor) in self._made]
        result = func(*args, **named)
        made = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        if known and made:
            self._note_all(func.__name__, tensors, known, made)
        return result

    def _note_all(
        self, function: str, tensors: list[Tensor], known: list[Tensor], made: list[Tensor]
    ) -> None:
        flow = [self._made[id(tensor)] for tensor in known if tensor.is_floating_point()]
        indices = [self._made[id(tensor)] for tensor in known if not tensor.is_floating_point()]
        weights = {id(t): t.numel() for t in tensors if isinstance(t, nn.Parameter)}
        operation = _Operation(function, tuple(self._calls), flow, indices, made[0].shape, weights)
        for tensor in made:
            if tensor.is_floating_point():
                self._note(tensor, operation)
            elif flow:
                # Where a maximum stood is a fact about the map that was pooled.
                self._made[id(tensor)] = flow[0]
                self._kept.append(tensor)

    def _note(self, tensor: Tensor, operation: _Operation) -> None:
        self._made[id(tensor)] = operation
        self._kept.append(tensor)
        if not self.operations or self.operations[-1] is not operation:
            self.operations.append(operation)

    def _enter(self, name: str) -> Callable[..., None]:
        def enter(*_: object) -> None:
            self._counts[name] += 1
            self._calls.append((name, self._counts[name]))

        return enter

    def _leave(self, *_: object) -> None:
        self._calls.pop()


# --- what belongs together ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rules:
    """How much is drawn apart: large modules, joins inside of modules, other widths, branches."""

    modules_apart: bool = True
    wide_joins: bool = True
    widths_apart: bool = True
    branch_convolutions: int = 1


_RULES = (
    _Rules(),
    _Rules(False),
    _Rules(False, wide_joins=False),
    _Rules(False, wide_joins=False, widths_apart=False),
    _Rules(False, wide_joins=False, widths_apart=False, branch_convolutions=1000),
)
"""The first that gives a diagram of at most :data:`MOST_STAGES` is taken, else the last."""


@dataclass(eq=False, slots=True)
class _Block:
    """Operations that are drawn as one, and the blocks whose maps they work on.

    ``on_links`` fit those maps and are drawn as nothing but the lines that they come by; a block
    is large where one module of several convolutions is in it.
    """

    operations: list[_Operation]
    names: list[str]
    shape: torch.Size
    joins: list[str] = field(default_factory=list)
    sources: list["_Block"] = field(default_factory=list)
    indices_of: list["_Block"] = field(default_factory=list)
    on_links: list[_Operation] = field(default_factory=list)
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
        return _scale(self.shape)


def _drawn(operations: list[_Operation]) -> Diagram:
    blocks: list[_Block] = []
    for rules in _RULES:
        blocks = _reduced(_blocks(operations, rules), rules)
        if len(blocks) <= MOST_STAGES:
            break
    places = {id(block): place for place, block in enumerate(blocks)}
    links = [
        Link(places[id(source)], place, indices)
        for place, block in enumerate(blocks)
        for sources, indices in ((block.sources, False), (block.indices_of, True))
        for source in dict.fromkeys(sources)
    ]
    parents = Counter(parent for block in blocks for parent in {*map(_parent, block.names)})
    own = [_alone(block.names, parents) for block in blocks]
    short = [_label(names) for names in own]
    # Several modules called alike are told apart by where they are.
    labels = [
        _label(names, whole=short.count(label) > 1) for names, label in zip(own, short, strict=True)
    ]
    if not blocks[-1].parameters:
        labels[-1] = "logits"
    return Diagram(tuple(map(_stage, blocks, labels)), tuple(links))


def _stage(block: _Block, name: str) -> Stage:
    height, width = block.shape[-2:]
    joins = [_reduction(block) if join == _STACK else join for join in block.joins]
    return Stage(
        name or next(iter(joins), block.operations[0].function.replace("_", " ")),
        ", ".join(dict.fromkeys(joins)),
        block.shape[1],
        (int(height), int(width)),
        block.scale,
        block.parameters,
    )


def _reduction(block: _Block) -> str:
    """What becomes of stacked maps."""
    functions = (entry.function for entry in block.operations)
    return next((_REDUCTIONS[name] for name in functions if name in _REDUCTIONS), _STACK)


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _alone(names: Sequence[str], parents: Mapping[str, int]) -> Sequence[str]:
    """The module that holds all of these and nothing of another stage, or else these."""
    around = {*map(_parent, names)}
    found = around.pop() if len(names) > 1 and len(around) == 1 else ""
    return [found] if found and parents[found] == 1 else names


def _label(names: Sequence[str], whole: bool = False) -> str:
    """What a stage of these modules is called; ``whole`` says where in the network they are."""
    if not names:
        return ""
    if whole:
        around = _shared([name.split(".") for name in names])
        return ".".join(around) if len(around) > 1 else names[0]
    first, last = _without_room(names[0]), _without_room(names[-1])
    if first == last:
        return first
    stem = last.rstrip("0123456789")
    number = last.removeprefix(stem)
    numbered = number and first.startswith(stem) and first.removeprefix(stem).isdigit()
    return f"{first}–{number}" if numbered else f"{first} – {last}"


def _shared(paths: Sequence[Sequence[str]]) -> Sequence[str]:
    """What all begin with."""
    alike = takewhile(lambda parts: len({*parts}) == 1, zip(*paths, strict=False))
    return [parts[0] for parts in alike]


def _without_room(name: str) -> str:
    """The module's own name, with the numbers after it: "convs.1" of "classifier.0.convs.1"."""
    parts = name.split(".")
    own = max((i for i, part in enumerate(parts) if not part.isdigit()), default=0)
    return ".".join(parts[own:])


def _scale(shape: torch.Size) -> int:
    return 1 << max(0, round(log2(_EDGE / max(1, shape[-2]))))


def _blocks(operations: list[_Operation], rules: _Rules) -> list[_Block]:
    """The operations as blocks that know each other."""
    consumers: dict[int, list[_Operation]] = {id(entry): [] for entry in operations}
    for entry in operations:
        for source in entry.sources:
            consumers[id(source)].append(entry)
    found: list[_Block] = []
    owner: dict[int, _Block] = {}
    for group, name in _groups(operations, 0, consumers, rules):
        block = _Block(group, [], group[-1].shape)
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
    operations: list[_Operation],
    depth: int,
    consumers: Mapping[int, list[_Operation]],
    rules: _Rules,
) -> Iterator[tuple[list[_Operation], str]]:
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
    group: list[_Operation], consumers: Mapping[int, list[_Operation]], rules: _Rules
) -> bool:
    inside = {id(entry) for entry in group}
    entering = {id(s) for entry in group for s in entry.sources} - inside
    leaving = [e for e in group if any(id(c) not in inside for c in consumers[id(e)])]
    passes_indices = any("indices" in e.function or e.indices_of for e in group)
    if len(entering) > 1 or len(leaving) > 1 or passes_indices or _is_pyramid(group):
        return False
    return not rules.wide_joins or not any(_branches(e, inside, consumers) for e in group)


def _is_pyramid(group: list[_Operation]) -> bool:
    """Whether it goes through several scales, or looks at the picture as a few pixels.

    What is joined with the map again only weighs the channels of one stage.
    """
    scales = {_scale(entry.shape) for entry in group if entry.shape[-1] > GLANCE}
    sees_all = any(entry.shape[-1] <= GLANCE for entry in group)
    return len(scales) >= _WIDE or (sees_all and not any(map(_join, group)))


def _branches(
    entry: _Operation, inside: Collection[int], consumers: Mapping[int, list[_Operation]]
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


def _join(entry: _Operation) -> list[str]:
    if entry.indices_of:
        return [INDICES]
    several = len({id(source) for source in entry.sources}) > 1
    return [_JOINS.get(entry.function, entry.function)] if several else []


# --- what is left out ---------------------------------------------------------------------------


def _reduced(blocks: list[_Block], rules: _Rules) -> list[_Block]:
    """The blocks without those that only pass on, and with those in a row as one."""
    while True:
        readers: dict[int, list[_Block]] = {id(block): [] for block in blocks}
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
    block: _Block, blocks: list[_Block], readers: Mapping[int, list[_Block]], rules: _Rules
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
    block: _Block, before: _Block, after: list[_Block], rules: _Rules, before_readers: int
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


def _begins(block: _Block, after: _Block) -> bool:
    """Whether a pooling, an enlargement or a join is the first thing that the next block does."""
    if block.convolutions or block.scale != after.scale:
        return False
    return (len(after.sources) == 1 and not after.joins) or bool(block.joins and after.joins)


def _is_on_a_link(block: _Block, readers: Mapping[int, list[_Block]], rules: _Rules) -> bool:
    """Whether it only fits a map for the join that it goes to, and has no others beside it."""
    (before,), (join,) = block.sources, readers[id(block)]
    if len(join.sources) < 2 or block.convolutions > rules.branch_convolutions:
        return False
    beside = [b for b in join.sources if b is not block and b.sources == [before]]
    return not beside and before not in join.sources and not block.indices_of


def _give(block: _Block, before: _Block, blocks: list[_Block]) -> None:
    before.operations += block.operations
    before.on_links += block.on_links
    before.names += block.names
    before.is_large |= block.is_large
    if before.sources:  # a margin around it makes the picture no larger
        before.shape = block.shape
    for other in blocks:
        other.sources = _exchanged(other.sources, block, before)
        other.indices_of = _exchanged(other.indices_of, block, before)


def _take(block: _Block, after: _Block, blocks: list[_Block]) -> None:
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


def _exchanged(blocks: list[_Block], gone: _Block, instead: _Block) -> list[_Block]:
    return list(dict.fromkeys(instead if block is gone else block for block in blocks))
