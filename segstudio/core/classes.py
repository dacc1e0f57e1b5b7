"""The project's classes: what a class id means and how it looks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID

Colour = tuple[int, int, int]
MAX_CLASSES = VOID
_DIGITS = "1234567890"

# Okabe & Ito's colours, then those chosen greedily so that the smallest CIELAB distance between any
# two stays at least 16 for normal, protan, deutan and tritan vision; none darker than L* 30, so
# that they can be told from a black picture. Tested in tests/core/test_colours.py.
DEFAULT_COLOURS: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (148, 103, 248),
    (105, 60, 30),
    (210, 255, 210),
    (75, 15, 210),
    (90, 255, 135),
    (150, 15, 135),
    (255, 180, 210),
    (150, 165, 90),
    (75, 75, 90),
)


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One class.

    ``id`` is 0 to 254 and stays for good; ``colour`` is RGB 0 to 255; ``shortcut`` one key or
    empty; an invisible class is not drawn; a locked class's pixels cannot be changed.
    """

    id: int
    name: str
    colour: Colour
    shortcut: str = ""
    visible: bool = True
    locked: bool = False


@dataclass(frozen=True, slots=True)
class ClassTable:
    """The classes in the order they are shown. Every change gives a new table.

    Raises
    ------
    SegStudioError
        Where two classes share an id or a name, an id is outside 0 to 254, a name is blank or a
        colour is not RGB.
    """

    classes: tuple[LabelClass, ...] = ()

    def __post_init__(self) -> None:
        for what, values in (("id", self.ids), ("name", self.names)):
            doubles = {value for value in values if values.count(value) > 1}
            if doubles:
                raise SegStudioError(
                    f"class {what} {sorted(doubles)[0]!r}",
                    "stands twice in the class table",
                    "Give every class its own.",
                )
        for label_class in self.classes:
            if not 0 <= label_class.id < MAX_CLASSES:
                raise SegStudioError(
                    f"class {label_class.name!r}",
                    f"has id {label_class.id}, and ids run from 0 to {MAX_CLASSES - 1}",
                )
            if not label_class.name.strip():
                raise SegStudioError("class table", "a class has no name", "Name every class.")
            if len(label_class.colour) != 3 or not all(0 <= v <= 255 for v in label_class.colour):
                raise SegStudioError(
                    f"class {label_class.name!r}",
                    f"has the colour {label_class.colour}",
                    "Give red, green and blue from 0 to 255.",
                )

    @classmethod
    def of_names(cls, names: Iterable[str]) -> Self:
        """Classes 0, 1, 2, ... with default colours and digits as shortcuts."""
        return cls(tuple(_default_class(index, name) for index, name in enumerate(names)))

    @classmethod
    def from_json(cls, entries: Iterable[Mapping[str, Any]]) -> Self:
        """The table that :meth:`to_json` wrote.

        Raises
        ------
        SegStudioError
            Where an entry lacks its id, name or colour, or holds something else.
        """
        return cls(tuple(_from_json(entry) for entry in entries))

    def to_json(self) -> list[dict[str, Any]]:
        """Plain data for project files and checkpoints."""
        return [{**asdict(entry), "colour": list(entry.colour)} for entry in self.classes]

    def __len__(self) -> int:
        return len(self.classes)

    def __iter__(self) -> Iterator[LabelClass]:
        return iter(self.classes)

    def __contains__(self, class_id: int) -> bool:
        return class_id in self.ids

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(entry.id for entry in self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.classes)

    @property
    def locked_ids(self) -> tuple[int, ...]:
        return tuple(entry.id for entry in self.classes if entry.locked)

    def get(self, class_id: int) -> LabelClass | None:
        """The class with this id, or None (void and unknown ids have none)."""
        return next((entry for entry in self.classes if entry.id == class_id), None)

    def named(self, name: str) -> LabelClass | None:
        """The class with this name, or else with this name in other upper and lower case."""
        wanted = name.strip().casefold()
        alike = [entry for entry in self.classes if entry.name.strip().casefold() == wanted]
        return next((entry for entry in alike if entry.name == name), alike[0] if alike else None)

    def for_key(self, key: str) -> LabelClass | None:
        """The class that this shortcut key picks, or None."""
        return next((entry for entry in self.classes if entry.shortcut == key != ""), None)

    def added(self, name: str, colour: Colour | None = None) -> "ClassTable":
        """With one more class: the smallest free id, an unused colour and digit.

        Raises
        ------
        SegStudioError
            Where the name is taken or 255 classes are there already.
        """
        free = next((i for i in range(MAX_CLASSES) if i not in self.ids), None)
        if free is None:
            raise SegStudioError(
                f"class {name!r}", f"a project holds at most {MAX_CLASSES} classes"
            )
        used = {entry.colour for entry in self.classes}
        unused = next((c for c in DEFAULT_COLOURS if c not in used), default_colour(free))
        taken = {entry.shortcut for entry in self.classes}
        digit = next((d for d in _DIGITS if d not in taken), "")
        return ClassTable((*self.classes, LabelClass(free, name, colour or unused, digit)))

    def changed(self, class_id: int, **changes: Any) -> "ClassTable":
        """With one class's fields changed; a shortcut that another class had moves over."""
        key = changes.get("shortcut", "")
        return ClassTable(
            tuple(
                replace(entry, **changes)
                if entry.id == class_id
                else (replace(entry, shortcut="") if key and entry.shortcut == key else entry)
                for entry in self.classes
            )
        )

    def moved(self, class_id: int, position: int) -> "ClassTable":
        """With one class at another place in the order; ids stay."""
        entry = self.get(class_id)
        rest = [other for other in self.classes if other.id != class_id]
        if entry is not None:
            rest.insert(position, entry)
        return ClassTable(tuple(rest))

    def without(self, class_id: int) -> "ClassTable":
        """Without one class; its pixels are the caller's to remap."""
        return ClassTable(tuple(entry for entry in self.classes if entry.id != class_id))

    def palette(self) -> NDArray[np.uint8]:
        """256x4 uint8 RGBA by class id; void, unknown and invisible ids have alpha 0."""
        table = np.zeros((256, 4), np.uint8)
        for entry in self.classes:
            table[entry.id] = (*entry.colour, 255 if entry.visible else 0)
        return table

    def lookup_from(self, other: "ClassTable") -> NDArray[np.uint8]:
        """256 uint8: this table's id for each id of ``other``, matched by name; void where none."""
        table = np.full(256, VOID, np.uint8)
        for entry in other:
            match = self.named(entry.name)
            if match is not None:
                table[entry.id] = match.id
        return table


def default_colour(index: int) -> Colour:
    """A colour for the class at this place: the default palette, then steps around the hue."""
    if index < len(DEFAULT_COLOURS):
        return DEFAULT_COLOURS[index]
    # Golden-ratio steps never repeat a hue; value alternates so that neighbours differ in light.
    hue = (index * 0.618033988749895) % 1.0
    value = (0.95, 0.7, 0.5)[index % 3]
    sector, rest = divmod(hue * 6.0, 1.0)
    rise, fall = value * (0.35 + 0.65 * rest), value * (1.0 - 0.65 * rest)
    low = value * 0.35
    red, green, blue = (
        (value, rise, low),
        (fall, value, low),
        (low, value, rise),
        (low, fall, value),
        (rise, low, value),
        (value, low, fall),
    )[int(sector) % 6]
    return round(red * 255), round(green * 255), round(blue * 255)


def _default_class(index: int, name: str) -> LabelClass:
    digit = _DIGITS[index] if index < len(_DIGITS) else ""
    return LabelClass(index, name, default_colour(index), digit)


def _from_json(entry: Mapping[str, Any]) -> LabelClass:
    try:
        red, green, blue = (int(value) for value in entry["colour"])
        known = {**entry, "id": int(entry["id"]), "name": str(entry["name"])}
        return LabelClass(**{**known, "colour": (red, green, blue)})
    except (KeyError, TypeError, ValueError) as error:
        raise SegStudioError(
            "class table",
            f"the entry {entry!r} is damaged",
            "Each class needs an id, a name and a colour of three numbers.",
        ) from error
