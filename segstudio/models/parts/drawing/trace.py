"""What a network does to a picture: its operations, and the module calls around each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

Call = tuple[str, int]
"""A module's name, and which of its calls it was."""


@dataclass(eq=False, slots=True)
class Operation:
    """One function on tensors. ``calls`` are the module calls around it, the outermost first."""

    function: str
    calls: tuple[Call, ...]
    sources: list["Operation"]
    indices_of: list["Operation"]
    shape: torch.Size
    weights: dict[int, int]


class Trace(TorchFunctionMode):
    """Notes every operation that a picture passes through."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.operations: list[Operation] = []
        self._network = network
        self._calls: list[Call] = []
        self._counts: Counter[str] = Counter()
        self._made: dict[int, Operation] = {}
        self._kept: list[Tensor] = []  # an id is a tensor's own only while the tensor lives

    def picture(self, tensor: Tensor) -> Tensor:
        """The tensor that everything starts from."""
        self._note(tensor, Operation("picture", (), [], [], tensor.shape, {}))
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
        operation = Operation(function, tuple(self._calls), flow, indices, made[0].shape, weights)
        for tensor in made:
            if tensor.is_floating_point():
                self._note(tensor, operation)
            elif flow:
                # Where a maximum stood is a fact about the map that was pooled.
                self._made[id(tensor)] = flow[0]
                self._kept.append(tensor)

    def _note(self, tensor: Tensor, operation: Operation) -> None:
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
