"""Class colours of formats that tell classes by their colour."""

from collections.abc import Mapping

from segstudio.core.classes import ClassTable, Colour
from segstudio.core.errors import SegStudioError


def check_distinct(classes: ClassTable, taken: Mapping[Colour, str], why: str) -> None:
    """Refuse classes that share a colour with each other, or with what has ``taken`` one.

    Raises
    ------
    SegStudioError
        Naming both; ``why`` says what would be lost.
    """
    seen = dict(taken)
    for entry in classes:
        if entry.colour in seen:
            raise SegStudioError(
                f"classes {seen[entry.colour]!r} and {entry.name!r}",
                f"have the same colour, {why}",
                "Give one of them another colour, or export indexed PNG.",
            )
        seen[entry.colour] = entry.name
