"""Class tables in files, beside a dataset or named by the user."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from segstudio.core.classes import ClassTable, LabelClass, default_colour
from segstudio.core.errors import SegStudioError

FILE_NAMES = ("classes.json", "classes.txt")


def read_classes(path: Path) -> ClassTable:
    """The class table in a file.

    A ``.json`` file holds a list of names, a list of ``{"id", "name", "colour"}`` (id and colour
    may be left out), or an object with such a list as "classes": a project file will do. Any
    other file holds one name per line, the first line for class 0.

    Raises
    ------
    SegStudioError
        Where the file is missing or holds no class table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SegStudioError(
            path, f"cannot be read ({error})", "Name a classes file that exists."
        ) from error
    if path.suffix.lower() != ".json":
        return ClassTable.of_names(line.strip() for line in text.splitlines() if line.strip())
    try:
        content = json.loads(text)
        entries = content["classes"] if isinstance(content, dict) else content
        return ClassTable(tuple(_entry(place, entry) for place, entry in enumerate(entries)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SegStudioError(
            path,
            "holds no class table",
            'Write a list of names, or of {"id": 0, "name": "road", "colour": [128, 64, 128]}.',
        ) from error


def classes_beside(folder: Path) -> ClassTable | None:
    """The table in a dataset folder's ``classes.json`` or ``classes.txt``, or None."""
    found = next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
    return read_classes(found) if found else None


def _entry(place: int, entry: Any) -> LabelClass:
    if isinstance(entry, str):
        return replace(
            ClassTable.of_names([entry]).classes[0], id=place, colour=default_colour(place)
        )
    class_id = int(entry.get("id", place))
    red, green, blue = (int(v) for v in entry.get("colour") or default_colour(class_id))
    return LabelClass(class_id, str(entry["name"]), (red, green, blue), entry.get("shortcut", ""))
