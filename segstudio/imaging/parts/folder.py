"""Which pictures a folder holds, in the order in which people count."""

import os
import re
from pathlib import Path

from segstudio.imaging.parts.failures import reading_failure
from segstudio.imaging.parts.spec import registry

_DIGITS = re.compile(r"(\d+)")
NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def is_picture(path: Path) -> bool:
    """Whether a file's name says that it is a picture: its ending, and that it is not hidden."""
    return not path.name.startswith(".") and path.suffix.lower() in _suffixes()


def find_pictures(folder: Path) -> list[Path]:
    """The pictures that lie in a folder, in natural order: ``img2`` before ``img10``.

    Folders inside it, hidden files and files of other kinds are left out. Nothing is decoded.

    Raises
    ------
    SourceError
        Where the folder cannot be read.
    """
    suffixes = _suffixes()
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _wanted(entry, suffixes)]
    except OSError as error:
        raise reading_failure(folder, error) from error
    return [folder / name for name in sorted(names, key=natural_key)]


def natural_key(name: str) -> NaturalKey:
    """Sorts names as people do: numbers by their value, upper and lower case alike."""
    parts = _DIGITS.split(name.casefold())
    numbered = tuple(
        (0, int(part), "") if place % 2 else (1, 0, part)
        for place, part in enumerate(parts)
        if part
    )
    return numbered, name


def _wanted(entry: "os.DirEntry[str]", suffixes: frozenset[str]) -> bool:
    name = entry.name
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a Path per file is felt at 10,000
    return ending in suffixes and not name.startswith(".") and entry.is_file()


def _suffixes() -> frozenset[str]:
    return frozenset(suffix for spec in registry for suffix in spec.suffixes)
