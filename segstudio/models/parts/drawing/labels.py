"""What the stages of a diagram are called: by their modules, as briefly as tells them apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile


def labels(stages: Sequence[Sequence[str]]) -> list[str]:
    """A name for each stage, given its modules' full names; "" where it has none."""
    parents = Counter(parent for names in stages for parent in {*map(_parent, names)})
    own = [_alone(names, parents) for names in stages]
    short = [_label(names) for names in own]
    # Several modules called alike are told apart by where they are.
    return [
        _label(names, whole=short.count(label) > 1) for names, label in zip(own, short, strict=True)
    ]


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
