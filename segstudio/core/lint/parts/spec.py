"""What a check gets to see, what it finds, and what dialogs must know about it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from segstudio.core.classes import ClassTable
from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, LabelMap
from segstudio.core.rect import Rect


@dataclass(frozen=True, eq=False)
class Subject:
    """A frame's labels, to be looked at only.

    Attributes
    ----------
    label_map
        Ids and provenance.
    classes
        The project's class table.
    done
        Whether the frame is marked as done, and not as one that has nothing to label.
    """

    label_map: LabelMap
    classes: ClassTable
    done: bool = False

    def name_of(self, class_id: int) -> str:
        """What a person calls an id."""
        found = self.classes.get(class_id)
        return found.name if found else "void" if class_id == VOID else f"class {class_id}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be wrong.

    Findings are equal where the same check found the same classes at the same place and size;
    what the classes are called does not matter.

    Attributes
    ----------
    check
        Name of the check.
    class_ids
        The ids concerned; none where it is about the whole frame.
    rect
        The smallest rectangle around it, in picture pixels.
    pixels
        How many pixels it has.
    text
        What is wrong, for people: "Speck of car, 3 pixels".
    """

    check: str
    class_ids: tuple[int, ...]
    rect: Rect
    pixels: int
    text: str = field(compare=False)


Find = Callable[[Subject, Any], Iterator[Finding]]
"""From labels and the check's own options to what is wrong with them."""

Mend = Callable[[Subject, Any, Collection[Finding]], Iterator[Edit]]
"""Edits that remove everything the check finds, but for some findings that are to stay."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A check as dialogs, messages and the command line see it.

    Attributes
    ----------
    nouns
        One finding and several: ("speck", "specks").
    options
        A frozen dataclass type of :func:`segstudio.core.options.option` fields; beside plain
        values they may be of :class:`.class_sets.ClassSet` and :class:`.class_sets.ClassPairs`.
    order
        The place among the checks.
    remedy, mend
        What a button calls it and how it is done, where there is a safe way to put all findings
        right at once.
    """

    name: str
    label: str
    nouns: tuple[str, str]
    tooltip: str
    options: type
    find: Find
    order: int
    remedy: str = ""
    mend: Mend | None = None


def plural(count: int, one: str, many: str) -> str:
    """ "1 pixel", "3 pixels"."""
    return f"{count} {one if count == 1 else many}"
