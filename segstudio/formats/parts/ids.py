"""Which ids a label map holds."""

import numpy as np

from segstudio.core.label_map import Ids

_BLOCK = 1 << 22


def count_ids(ids: Ids) -> dict[int, int]:
    """Pixels by id, ids ascending, of those that occur.

    Works in blocks: counting a whole slide at once would take eight times its memory.
    """
    counts = np.zeros(256, np.int64)
    for block in np.array_split(ids, max(1, ids.size // _BLOCK)):
        counts += np.bincount(block.ravel(), minlength=256)
    return {int(value): int(counts[value]) for value in np.flatnonzero(counts)}
