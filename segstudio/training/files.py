"""Pictures and masks of a dataset."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids
from segstudio.formats import indexed_png
from segstudio.imaging import open_source


def read_picture(path: Path) -> Frame:
    """The first frame of a picture file.

    Raises
    ------
    SegStudioError
        Where the file is missing or unreadable.
    """
    return open_source(path).frame(0)


def read_mask(path: Path, lookup: Ids | None = None) -> Ids:
    """HxW uint8 class ids of an 8-bit PNG, grey or with a palette.

    Parameters
    ----------
    lookup
        256 uint8: what each value of the file means, 255 is void; None takes values as they are.

    Raises
    ------
    SegStudioError
        Where the file is missing, unreadable, or holds colours or 16 bits instead of ids.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
        raise SegStudioError(path, reason, "Check its name, and that you may read it.") from error
    ids = indexed_png.decode(data, path)
    return ids if lookup is None else lookup[ids]


def mask_lookup(void_ids: Sequence[int] = (), binary: bool = False) -> Ids:
    """What mask values mean: ``void_ids`` are void; in ``binary`` masks 255 is class 1."""
    lookup = np.arange(256, dtype=np.uint8)
    if binary:
        lookup[VOID] = 1
    lookup[list(void_ids)] = VOID
    return lookup
