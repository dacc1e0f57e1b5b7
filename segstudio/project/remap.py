"""New ids for all label files at once: all of them or none, also when the power goes.

Every changed file is written anew into ``.segstudio/remap``; then a marker says that the set is
whole; then the files take their places. A crash before the marker throws the set away, a crash
behind it goes on moving at the next opening, and moving twice does no harm.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.progress import Progress
from segstudio.project.journal import remove
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout

_READY = "ready"


def remap_all(
    layout: Layout, store: LabelStore, classes: ClassTable, lookup: NDArray[np.uint8]
) -> Iterator[Progress]:
    """Give every pixel of every label file the id that ``lookup`` (256 uint8) holds for its own.

    Pixels that lose their class to void are nobody's from then on, so that a model may decide
    them. The payload of each progress is the name of a frame that changes, or None.

    Raises
    ------
    SegStudioError
        Where a file is damaged or cannot be written; then no file has changed.
    """
    shutil.rmtree(layout.remap, ignore_errors=True)
    names = sorted(store.stamps())
    try:
        for done, name in enumerate(names):
            label_map = store.read(name)
            changed = label_map is not None and _remapped(label_map, lookup)
            if label_map is not None and changed:
                for path, data in store.encode(name, label_map, classes).items():
                    write_bytes(layout.remap / path.parent.name / path.name, data)
            yield Progress(done + 1, len(names), name, name if changed else None)
        write_bytes(layout.remap / _READY, b"")
    finally:
        if not (layout.remap / _READY).exists():
            shutil.rmtree(layout.remap, ignore_errors=True)
    finish_remap(layout)


def finish_remap(layout: Layout) -> None:
    """Finish, or throw away, what a crash has left of a remapping.

    Raises
    ------
    SegStudioError
        Where a file cannot be moved; the next call goes on there.
    """
    if (layout.remap / _READY).exists():
        for folder in (layout.provenance, layout.labels):
            for staged in sorted((layout.remap / folder.name).glob("*.png")):
                _move(staged, folder / staged.name)
    # The marker goes first: without it, what is left of the set counts for nothing.
    remove(layout.remap / _READY)
    shutil.rmtree(layout.remap, ignore_errors=True)


def _move(staged: Path, target: Path) -> None:
    # A copy, not a rename: `labels` may be a link to another disk.
    write_bytes(target, staged.read_bytes())
    remove(staged)


def _remapped(label_map: LabelMap, lookup: NDArray[np.uint8]) -> bool:
    """Change a label map in place; says whether anything did change."""
    ids = lookup[label_map.ids]
    changed = ids != label_map.ids
    label_map.provenance[changed & (ids == VOID)] = Provenance.NOBODY
    label_map.ids[...] = ids
    return bool(changed.any())
