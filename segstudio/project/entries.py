"""Which frames a project has, and their names.

Where the folder holds pictures in a subfolder ``images``, those are the frames; else the folder's
own. Which of the two it was is kept in ``project.json``, so that a project does not change its
pictures when the other place gets some; it is settled again only when the kept place has none left.

A frame is named by its file's stem; pages of a stack get ``_p001`` and so on. Of files that share a
stem (also in other upper and lower case, which some file systems do not tell apart), the one that
was labelled first keeps it, and the others put their ending behind: ``a``, ``a_png``.
"""

import contextlib
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.imaging import SourceError, count_frames, find_pictures
from segstudio.project.index import Index
from segstudio.project.layout import IMAGES

_STACKS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class FrameEntry:
    """One frame of a project.

    Attributes
    ----------
    name
        Unique in the project, and the stem of its label file.
    source
        The picture file.
    index
        Which frame of the file, counted from 0.
    """

    name: str
    source: Path
    index: int = 0


def find_sources(folder: Path, kept: str) -> tuple[str, list[Path]]:
    """The subfolder that the pictures lie in ("." for none), and the pictures.

    ``kept`` is what was settled before, or empty.

    Raises
    ------
    SourceError
        Where the folder cannot be read.
    """
    for place in dict.fromkeys([kept if kept == "." else IMAGES, IMAGES, "."]):
        if (folder / place).is_dir():
            pictures = find_pictures(folder / place)
            if pictures:
                return place, pictures
    return ".", find_pictures(folder)


def name_frames(
    sources: list[Path], kept: dict[str, str], index: Index
) -> tuple[list[FrameEntry], dict[str, str]]:
    """Entries in the order of the sources, and the names to keep, by file name.

    Only the names of files that share their stem need keeping.
    """
    names = _unique_names(sources, kept, index)
    entries = []
    for source in sources:
        name, count = names[source.name], _frames_in(source, index)
        if count == 1:
            entries.append(FrameEntry(name, source))
        else:
            entries += [FrameEntry(f"{name}_p{i + 1:03d}", source, i) for i in range(count)]
    return _without_doubles(entries), kept | _shared(names)


def _unique_names(sources: list[Path], kept: dict[str, str], index: Index) -> dict[str, str]:
    """Frame name by file name."""
    owners = {row.name: row.source for row in index.rows()}
    rounds: tuple[Callable[[Path], str | None], ...] = (
        lambda source: kept.get(source.name),
        lambda source: source.stem if owners.get(source.stem) == source.name else None,
        lambda source: source.stem,
    )
    names: dict[str, str] = {}
    taken: set[str] = set()
    for wish in rounds:
        for source in sources:
            name = wish(source)
            if source.name not in names and name and _folded(name) not in taken:
                names[source.name] = name
                taken.add(_folded(name))
    for source in sources:
        if source.name not in names:
            names[source.name] = _free(f"{source.stem}_{source.suffix[1:]}", taken)
            taken.add(_folded(names[source.name]))
    return names


def _shared(names: dict[str, str]) -> dict[str, str]:
    """Names of the files of which another has the same stem."""
    stems = {file: _folded(Path(file).stem) for file in names}
    counts = Counter(stems.values())
    return {file: name for file, name in names.items() if counts[stems[file]] > 1}


def _without_doubles(entries: list[FrameEntry]) -> list[FrameEntry]:
    """A page ``a_p001`` of ``a.tif`` may meet a file ``a_p001.png``: the later one gives way."""
    taken: set[str] = set()
    unique = []
    for entry in entries:
        name = _free(entry.name, taken)
        taken.add(_folded(name))
        unique.append(FrameEntry(name, entry.source, entry.index))
    return unique


def _free(name: str, taken: set[str]) -> str:
    wanted, count = name, 2
    while _folded(name) in taken:
        name, count = f"{wanted}_{count}", count + 1
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _frames_in(source: Path, index: Index) -> int:
    if source.suffix.lower() not in _STACKS:
        return 1
    # A damaged file stays in the list as one frame; opening it says what is wrong.
    with contextlib.suppress(OSError, SourceError):
        stat = source.stat()
        stamp = f"{stat.st_mtime_ns}:{stat.st_size}"
        known = index.frame_count(source.name, stamp)
        if known is None:
            known = count_frames(source)
            if known > 1:  # single pages are counted faster than they are looked up
                index.put_frame_count(source.name, stamp, known)
        return known
    return 1
