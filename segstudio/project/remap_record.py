"""What the newest remapping was, so that it can be taken back as long as nothing else is saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap
from segstudio.project.history_file import fingerprint
from segstudio.project.staging import Staging

_FILE = "remap.json"


class OutdatedError(SegStudioError):
    """A remapping cannot be taken back any more, since labels were changed."""


@dataclass(frozen=True, slots=True)
class RemapNote:
    """A remapping as people call it.

    Attributes
    ----------
    name
        Such as "Delete class car".
    removed
        The class whose pixels went to another one.
    place
        Where it stood in the class table.
    """

    name: str
    removed: LabelClass
    place: int


@dataclass(frozen=True, slots=True)
class RemapRecord:
    """A remapping that can be taken back.

    Attributes
    ----------
    prints
        By name of the frames that it has changed: the fingerprint of the labels as it left them.
    """

    note: RemapNote
    prints: Mapping[str, bytes]

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """The record in a folder; None where there is none, or a damaged one."""
        try:
            return cls._from(json.loads((folder / _FILE).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, SegStudioError):
            return None

    @classmethod
    def _from(cls, kept: Mapping[str, Any]) -> Self:
        (removed,) = ClassTable.from_json([kept["class"]])
        prints = {str(n): bytes.fromhex(print_) for n, print_ in kept["frames"].items()}
        return cls(RemapNote(str(kept["name"]), removed, int(kept["place"])), prints)

    def save(self, staging: Staging) -> None:
        """Lay it beside what the remapping replaces; raises as ``staging`` does."""
        (removed,) = ClassTable((self.note.removed,)).to_json()
        content = {
            "name": self.note.name,
            "class": removed,
            "place": self.note.place,
            "frames": {name: print_.hex() for name, print_ in self.prints.items()},
        }
        staging.describe(_FILE, json.dumps(content).encode())

    def check(self, name: str, label_map: LabelMap | None) -> None:
        """See that a frame is as the remapping left it.

        Raises
        ------
        OutdatedError
            Where it is not.
        """
        if label_map is None or fingerprint(label_map) != self.prints[name]:
            raise OutdatedError(
                f"{self.note.name!r}",
                f"cannot be taken back: the labels of {name} were changed since",
                "Add the class anew and paint it again.",
            )
