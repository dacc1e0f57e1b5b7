"""Which vertices of the permutohedral lattice surround a point, and which vertices are neighbours.

Adams, Baek & Davis 2010, "Fast High-Dimensional Filtering Using the Permutohedral Lattice",
sections 3.1 (the lattice) and 3.2 (splatting), in the variant of Krähenbühl & Koltun's program: the
same scaling, rounding and order of coordinates, so that results agree to rounding.

A vertex is known by its first d coordinates, whole numbers that are packed into two words: three
of 21 bits in the first, the others in the second.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.dense_crf.compiled import compiled

Words = NDArray[np.int64]
Places = NDArray[np.uint32]
Floats = NDArray[np.float32]

_BITS = 21
_MIDDLE = 1 << (_BITS - 1)
_IN_FIRST = 3
MOST_DIMENSIONS = 5
_FIRST_SIZE = 1 << 15


@compiled
def place(features: Floats, offsets: Places, weights: Floats) -> tuple[Words, Words]:
    """Find the simplex around each point.

    Parameters
    ----------
    features
        (n, d) coordinates in standard deviations of the Gaussian, d at most 5.
    offsets
        (n, d + 1), gets the numbers of the simplex's vertices.
    weights
        (n, d + 1), gets the point's barycentric coordinates, which sum to 1.

    Returns
    -------
    First and second words of the vertices, in the order in which they were met.
    """
    n, d = features.shape
    table = np.full(_FIRST_SIZE, -1, np.int32)
    first, second = np.empty(_FIRST_SIZE // 2, np.int64), np.empty(_FIRST_SIZE // 2, np.int64)
    count = 0
    stretch = np.empty(d, np.float32)
    for i in range(d):
        stretch[i] = np.sqrt(2.0 / 3.0) * (d + 1) / np.sqrt((i + 1.0) * (i + 2.0))
    elevated, base = np.empty(d + 1, np.float32), np.empty(d + 1, np.float32)
    rank = np.empty(d + 1, np.int32)
    last_base, last_rank = np.zeros(d + 1, np.float32), np.full(d + 1, -1, np.int32)
    share = np.empty(d + 2, np.float32)
    for k in range(n):
        _elevate(features[k], stretch, elevated)
        _enclose(elevated, base, rank)
        _share(elevated, base, rank, share)
        for r in range(d + 1):
            weights[k, r] = share[r]
        if _same(base, last_base, rank, last_rank):
            # Neighbouring pixels mostly lie in one simplex.
            for r in range(d + 1):
                offsets[k, r] = offsets[k - 1, r]
            continue
        for r in range(d + 1):
            one, two = np.int64(0), np.int64(0)
            for i in range(d):
                coordinate = np.int64(base[i]) + (r if rank[i] <= d - r else r - (d + 1))
                if i < _IN_FIRST:
                    one = (one << _BITS) | (coordinate + _MIDDLE)
                else:
                    two = (two << _BITS) | (coordinate + _MIDDLE)
            slot = _slot(table, first, second, one, two)
            vertex = table[slot]
            if vertex < 0:
                vertex = count
                table[slot], first[vertex], second[vertex] = vertex, one, two
                count += 1
                if count == len(first):
                    table, first, second = _grown(table, first, second)
            offsets[k, r] = vertex
    return first[:count].copy(), second[:count].copy()


@compiled
def number(first: Words, second: Words) -> tuple[Places, NDArray[np.int32], Words, Words]:
    """Give equal vertices one number.

    Returns
    -------
    The number of each, the table that finds a vertex, and the words of the different ones.
    """
    size = 1
    while size < 2 * len(first) + 2:
        size *= 2
    table = np.full(size, -1, np.int32)
    numbers = np.empty(len(first), np.uint32)
    ones, twos = np.empty(len(first), np.int64), np.empty(len(first), np.int64)
    count = 0
    for k in range(len(first)):
        slot = _slot(table, ones, twos, first[k], second[k])
        if table[slot] < 0:
            table[slot], ones[count], twos[count] = count, first[k], second[k]
            count += 1
        numbers[k] = table[slot]
    return numbers, table, ones[:count].copy(), twos[:count].copy()


@compiled
def neighbours(
    table: NDArray[np.int32], first: Words, second: Words, axis: int, near: NDArray[np.uint32]
) -> None:
    """Find the vertices beside each one along an axis of the lattice.

    Parameters
    ----------
    table, first, second
        As :func:`number` gave them.
    axis
        0 to d.
    near
        (M, d + 1, 2), gets the two neighbours' numbers along this axis; M where there is none.
    """
    d = near.shape[1] - 1
    one, two = np.int64(0), np.int64(0)
    for i in range(d):
        step = -d if i == axis else 1
        if i < _IN_FIRST:
            one = one * (1 << _BITS) + step
        else:
            two = two * (1 << _BITS) + step
    for vertex in range(len(first)):
        for side in range(2):
            sign = 2 * side - 1
            there = first[vertex] + sign * one, second[vertex] + sign * two
            found = table[_slot(table, first, second, there[0], there[1])]
            near[vertex, axis, side] = found if found >= 0 else len(first)


@compiled
def _elevate(point: Floats, stretch: Floats, elevated: Floats) -> None:
    """The point on the hyperplane that the lattice lies in (section 3.2, "y = E p")."""
    total = np.float32(0)
    for j in range(len(point), 0, -1):
        scaled = point[j - 1] * stretch[j - 1]
        elevated[j] = total - np.float32(j) * scaled
        total += scaled
    elevated[0] = total


@compiled
def _enclose(elevated: Floats, base: Floats, rank: NDArray[np.int32]) -> None:
    """The simplex around a point: its vertex of remainder 0, and how coordinates are sorted."""
    size = len(elevated)
    up, down = np.float32(size), np.float32(1) / np.float32(size)
    excess = 0
    for i in range(size):
        whole = np.rint(down * elevated[i])
        base[i] = whole * up
        excess += int(whole)
        rank[i] = 0
    for i in range(size):
        for j in range(i + 1, size):
            if elevated[i] - base[i] < elevated[j] - base[j]:
                rank[i] += 1
            else:
                rank[j] += 1
    for i in range(size):
        # Back onto the hyperplane, where coordinates sum to 0.
        rank[i] += excess
        if rank[i] < 0:
            rank[i] += size
            base[i] += up
        elif rank[i] >= size:
            rank[i] -= size
            base[i] -= up


@compiled
def _share(elevated: Floats, base: Floats, rank: NDArray[np.int32], share: Floats) -> None:
    """Barycentric coordinates by remainder (proposition 4.2); the last entry is scratch."""
    size = len(elevated)
    down = np.float32(1) / np.float32(size)
    share[:] = 0
    for i in range(size):
        above = (elevated[i] - base[i]) * down
        share[size - 1 - rank[i]] += above
        share[size - rank[i]] -= above
    share[0] += np.float32(1) + share[size]


@compiled
def _same(
    base: Floats, last_base: Floats, rank: NDArray[np.int32], last_rank: NDArray[np.int32]
) -> bool:
    """Whether this simplex is the last one; remembers it."""
    same = True
    for i in range(len(base)):
        same = same and base[i] == last_base[i] and rank[i] == last_rank[i]
        last_base[i], last_rank[i] = base[i], rank[i]
    return same


@compiled
def _slot(
    table: NDArray[np.int32], first: Words, second: Words, one: np.int64, two: np.int64
) -> Any:
    """Where the table has this vertex, or has room for it."""
    mask = np.uint64(len(table) - 1)
    mixed = np.uint64(one) * np.uint64(0x9E3779B97F4A7C15)
    mixed += np.uint64(two) * np.uint64(0xC2B2AE3D27D4EB4F)
    slot = (mixed ^ (mixed >> np.uint64(29))) & mask
    while True:
        vertex = table[slot]
        if vertex < 0 or (first[vertex] == one and second[vertex] == two):
            return slot
        slot = (slot + np.uint64(1)) & mask


@compiled
def _grown(
    table: NDArray[np.int32], first: Words, second: Words
) -> tuple[NDArray[np.int32], Words, Words]:
    """The same vertices with twice the room."""
    ones, twos = np.empty(2 * len(first), np.int64), np.empty(2 * len(first), np.int64)
    ones[: len(first)], twos[: len(first)] = first, second
    wider = np.full(2 * len(table), -1, np.int32)
    for vertex in range(len(first)):
        wider[_slot(wider, ones, twos, first[vertex], second[vertex])] = vertex
    return wider, ones, twos
