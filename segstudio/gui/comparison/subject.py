"""What can be compared with the open frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

Kind = Literal["previous", "next", "frame", "picture", "prediction", "model"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to compare with.

    Attributes
    ----------
    kind
        The frame before or after this one, a certain frame, this frame's picture without labels,
        what the chosen model says of this frame, or what another model says of it.
    name
        Of the frame, or the model's key; of a model "" is the first that is not the chosen one.
    """

    kind: Kind = "next"
    name: str = ""

    @property
    def of_model(self) -> bool:
        return self.kind in ("prediction", "model")

    def frame(self, names: Sequence[str], here: str) -> str:
        """Name of the frame that is meant; "" where there is none.

        Parameters
        ----------
        names
            All frames in the order in which they are listed.
        here
            The one that is open.
        """
        if self.kind == "frame":
            return self.name
        if here not in names:
            return ""
        place = names.index(here) + (1 if self.kind == "next" else -1)
        return names[place] if 0 <= place < len(names) else ""

    def to_text(self) -> str:
        """As it is remembered."""
        return f"{self.kind}:{self.name}"

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The reverse; the next frame where the text means nothing."""
        kind, _, name = text.partition(":")
        found: Kind | None = next((known for known in get_args(Kind) if known == kind), None)
        return cls(found, name) if found is not None else cls()
