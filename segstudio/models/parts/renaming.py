"""Other implementations' keys turned into ours where whole parts only bear other names."""

from collections.abc import Mapping

from torch import Tensor

from segstudio.models.parts.initial import Convert


def by_prefix(prefixes: Mapping[str, str]) -> Convert:
    """A conversion that puts our prefix where theirs is; the first that fits counts.

    Keys that begin with none of them stay as they are.
    """

    def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {_renamed(key, prefixes): value for key, value in state.items()}

    return convert


def _renamed(key: str, prefixes: Mapping[str, str]) -> str:
    for theirs, ours in prefixes.items():
        if key.startswith(theirs):
            return ours + key.removeprefix(theirs)
    return key
