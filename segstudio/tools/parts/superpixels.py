"""Superpixels: small regions of like colour, computed only where somebody looks.

SLIC after Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods",
PAMI 2012: centres on a grid of cells, each pixel going to the centre that is nearest in colour and
place, each centre to the mean of its pixels. Here a pixel chooses among the centres of its own and
the eight cells around it, so that a region depends on nothing but the cells near it: tiles computed
one by one fit together as if the picture had been done at once.
"""

from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.rect import Rect
from segstudio.tools.parts.colour import LIGHTNESS, Picture, lab
from segstudio.tools.parts.region import grown

Numbers = NDArray[np.int32]

_COMPACTNESS = 10.0
"""The difference in colour that weighs as much as one in place of a whole cell."""

_ROUNDS = 2
"""Times that centres move; they hardly do after that."""

_SAMPLES = 6
"""Pixels of a cell, down and across, that its centre is found from."""

_JOINING = 2
"""Cells around a tile that are looked at to find specks in it."""

_COARSE = 16
"""Cells from this size on have no detail of two pixels."""

_TILE_CELLS = 8
_SMALLEST_TILE = 96
_TILES_KEPT = 48

_OFFSETS = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1))
_NOWHERE = np.array([0, 0, 0, 1e6, 1e6])
"""The centre of a cell beyond the picture: so far away that no pixel chooses it."""


@dataclass(frozen=True, eq=False)
class _Cells:
    """Pixels of a block of cells.

    ``features`` is RxCx6xn float32 for R x C cells of n pixels: lightness, a, b, how far down and
    how far right in the cell, these two so scaled that a cell measures ``_COMPACTNESS``, and 1.
    """

    block: Rect
    features: NDArray[np.float32]

    def nearest(self, centres: NDArray[np.float64]) -> NDArray[np.uint8]:
        """RxCxn index into ``_OFFSETS`` of the cell whose centre is nearest.

        ``centres`` is (R+2)x(C+2)x5: those of the cells around the block, too.
        """
        rows, columns = self.block.height, self.block.width
        # |f - c|² = |f|² - 2 f·c + |c|², of which |f|² is the same for all centres.
        factors = np.empty((rows, columns, len(_OFFSETS), 6), np.float32)
        for index, (down, right) in enumerate(_OFFSETS):
            there = centres[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
            there = there + _shift(down, right)
            factors[:, :, index, :5] = -2 * there
            factors[:, :, index, 5] = np.square(there).sum(axis=-1)
        apart = factors @ self.features
        least = apart[:, :, 0].copy()
        chosen = np.zeros(least.shape, np.uint8)
        for index in range(1, len(_OFFSETS)):
            nearer = apart[:, :, index] < least
            np.copyto(least, apart[:, :, index], where=nearer)
            chosen[nearer] = index
        return chosen

    def means(self, chosen: NDArray[np.uint8], before: NDArray[np.float64]) -> NDArray[np.float64]:
        """RxCx5 centres: the means of the pixels that chose them, or those before without any."""
        rows, columns = self.block.height, self.block.width
        down, right = np.array(_OFFSETS).T
        row, column = np.indices((rows, columns))
        # Choices never lead out of the block: centres there are nowhere.
        target = (row[..., None] + down[chosen]) * columns + column[..., None] + right[chosen]
        shifts = np.array([_shift(*offset) for offset in _OFFSETS])
        count = np.bincount(target.ravel(), minlength=rows * columns)
        sums = [
            np.bincount(
                target.ravel(),
                (self.features[:, :, part] - shifts[chosen, part]).ravel(),
                minlength=rows * columns,
            )
            for part in range(5)
        ]
        means = np.stack(sums, axis=-1) / np.maximum(count, 1)[:, None]
        found = np.where(count[:, None] > 0, means, before.reshape(-1, 5))
        return found.reshape(rows, columns, 5)


class Superpixels:
    """The superpixels of one picture.

    Parameters
    ----------
    picture
        HxWx3 uint8 RGB.
    size
        Side in pixels of the cells that regions grow from.
    """

    def __init__(self, picture: Picture, size: int) -> None:
        self.picture = picture
        self.size = size
        self._bounds = Rect.of_shape(picture.shape)
        self._grid = Rect(0, 0, -(-self._bounds.bottom // size), -(-self._bounds.right // size))
        self._tile_cells = max(_TILE_CELLS, -(-_SMALLEST_TILE // size))
        self._tiles: OrderedDict[tuple[int, int], Numbers] = OrderedDict()

    def numbers(self, rect: Rect) -> Numbers:
        """hxw region numbers of a rectangle of the picture; a region has its number everywhere."""
        numbers = np.empty((rect.height, rect.width), np.int32)
        side = self._tile_cells * self.size
        for row in range(rect.top // side, -(-rect.bottom // side)):
            for column in range(rect.left // side, -(-rect.right // side)):
                tile = Rect(0, 0, side, side).shifted(row * side, column * side)
                both = tile.intersect(rect)
                found = self._tile(row, column)[both.shifted(-tile.top, -tile.left).slices]
                numbers[both.shifted(-rect.top, -rect.left).slices] = found
        return numbers

    def around(self, rect: Rect) -> Rect:
        """The rectangle in which the regions lie that have a pixel in ``rect``."""
        return grown(rect, 3 * self.size).intersect(self._bounds)

    def _tile(self, row: int, column: int) -> Numbers:
        if (row, column) not in self._tiles:
            count = self._tile_cells
            cells = Rect(0, 0, count, count).shifted(row * count, column * count)
            self._tiles[row, column] = self._computed(cells.intersect(self._grid))
            if len(self._tiles) > _TILES_KEPT:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end((row, column))
        return self._tiles[row, column]

    def _computed(self, block: Rect) -> Numbers:
        """Region numbers of a block of cells."""
        wide = grown(block, _JOINING).intersect(self._grid)
        cells = self._cells(wide, self._smooth_colours(wide), np.arange(self.size))
        chosen = cells.nearest(self._centres(grown(wide, 1)))
        covered = self._pixels(wide)
        numbers = self._numbered(wide, chosen)[: covered.height, : covered.width]
        inner = self._pixels(block).shifted(-covered.top, -covered.left)
        return joined(numbers)[inner.slices].copy()

    def _centres(self, block: Rect) -> NDArray[np.float64]:
        """RxCx5 centres of a block of cells, which may reach beyond the picture."""
        # In each round a centre learns of pixels two cells farther away.
        wide = grown(block, 2 * _ROUNDS).intersect(self._grid)
        samples = min(_SAMPLES, self.size)
        inside = (2 * np.arange(samples) + 1) * self.size // (2 * samples)
        rows, columns = self._lines(wide, inside)
        cells = self._cells(wide, lab(self.picture[np.ix_(rows.ravel(), columns.ravel())]), inside)
        centres = cells.features[:, :, :5].mean(axis=-1, dtype=np.float64)
        for _ in range(_ROUNDS):
            chosen = cells.nearest(_placed(centres, wide, grown(wide, 1)))
            centres = cells.means(chosen, centres)
        return _placed(centres, wide, block)

    def _cells(self, block: Rect, colours: Picture, inside: NDArray[np.int64]) -> _Cells:
        """The pixels at the places ``inside`` of each cell's rows and columns."""
        rows, columns, count = block.height, block.width, len(inside)
        features = np.empty((rows, columns, 6, count, count), np.float32)
        shaped = colours.reshape(rows, count, columns, count, 3).transpose(0, 2, 4, 1, 3)
        features[:, :, :3] = shaped * np.array([LIGHTNESS, 1, 1], np.float32)[:, None, None]
        down, right = self._lines(block, inside)
        scale = _COMPACTNESS / self.size
        down -= np.arange(block.top, block.bottom)[:, None] * self.size
        right -= np.arange(block.left, block.right)[:, None] * self.size
        features[:, :, 3] = down[:, None, :, None] * scale
        features[:, :, 4] = right[None, :, None, :] * scale
        features[:, :, 5] = 1
        return _Cells(block, features.reshape(rows, columns, 6, count * count))

    def _lines(
        self, block: Rect, inside: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows (Rxn) and columns (Cxn) of cells, the picture's last instead of those beyond it."""
        down = np.arange(block.top, block.bottom)[:, None] * self.size + inside
        right = np.arange(block.left, block.right)[:, None] * self.size + inside
        return np.minimum(down, self._bounds.bottom - 1), np.minimum(right, self._bounds.right - 1)

    def _smooth_colours(self, block: Rect) -> Picture:
        """Lab of all pixels of a block without the noise that would fray the borders."""
        reach = 1 if self.size < _COARSE else 2
        covered = self._pixels(block)
        crop = grown(covered, reach).intersect(self._bounds)
        colours = cv2.medianBlur(lab(self.picture[crop.slices]), 2 * reach + 1)
        rows, columns = (lines.ravel() for lines in self._lines(block, np.arange(self.size)))
        found: Picture = np.asarray(colours, np.uint8)[rows - crop.top][:, columns - crop.left]
        return found

    def _numbered(self, block: Rect, chosen: NDArray[np.uint8]) -> Numbers:
        """Choices of the pixels of cells as an image of region numbers."""
        rows, columns, size = block.height, block.width, self.size
        row, column = np.mgrid[block.top : block.bottom, block.left : block.right]
        down, right = np.array(_OFFSETS).T
        numbers = (row[..., None] + down) * self._grid.width + column[..., None] + right
        image = np.take_along_axis(numbers.astype(np.int32), chosen.astype(np.intp), axis=-1)
        image = image.reshape(rows, columns, size, size).transpose(0, 2, 1, 3)
        return image.reshape(rows * size, columns * size)

    def _pixels(self, block: Rect) -> Rect:
        size = self.size
        cells = Rect(block.top * size, block.left * size, block.bottom * size, block.right * size)
        return cells.intersect(self._bounds)


def joined(numbers: Numbers) -> Numbers:
    """Regions in one piece: of each number the largest stays, the others go to a neighbour.

    Pieces are 4-connected; one that goes takes the number of the pixel to the left of its first
    one, or above it.
    """
    height, width = numbers.shape
    # Pixels and the steps between them in one picture: a step is open between like numbers.
    steps = np.zeros((2 * height - 1, 2 * width - 1), np.uint8)
    steps[::2, ::2] = 1
    steps[1::2, ::2] = numbers[1:] == numbers[:-1]
    steps[::2, 1::2] = numbers[:, 1:] == numbers[:, :-1]
    count, found = cv2.connectedComponents(steps, connectivity=4)
    piece = np.asarray(found)[::2, ::2].ravel() - 1
    first = np.empty(count - 1, np.intp)
    first[piece[::-1]] = np.arange(piece.size)[::-1]  # the last one written is the first pixel
    number = numbers.ravel()[first]
    goes = np.ones(count - 1, np.bool_)
    order = np.lexsort((first, -np.bincount(piece), number))
    goes[order[np.flatnonzero(np.diff(number[order], prepend=-1))]] = False
    before = np.where(first % width > 0, first - 1, np.maximum(first - width, first % width))
    heir = np.where(goes, piece[before], np.arange(count - 1))
    # An heir begins earlier than its piece: following them ends.
    while not np.array_equal(heir, heir[heir]):
        heir = heir[heir]
    joined_numbers: Numbers = number[heir][piece].reshape(height, width)
    return joined_numbers


def _shift(down: int, right: int) -> NDArray[np.float64]:
    """From places in a neighbouring cell to places in one's own."""
    return np.array([0, 0, 0, down, right]) * _COMPACTNESS


def _placed(centres: NDArray[np.float64], block: Rect, wanted: Rect) -> NDArray[np.float64]:
    """Those of a block's centres that lie in another block, and nowhere around them."""
    placed = np.tile(_NOWHERE, (wanted.height, wanted.width, 1))
    both = block.intersect(wanted)
    source = both.shifted(-block.top, -block.left).slices
    placed[both.shifted(-wanted.top, -wanted.left).slices] = centres[source]
    return placed
