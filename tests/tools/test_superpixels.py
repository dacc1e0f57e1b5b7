"""The superpixel brush: regions in one piece, the same whatever part of the picture is asked."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import LabelMap
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts import superpixels
from segstudio.tools.parts.shapes import Area, Borders
from segstudio.tools.parts.superpixels import Superpixels, joined
from segstudio.tools.superpixel import SuperpixelOptions

CLASSES = ClassTable.of_names(["road", "car"])


def scene(shape: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """Soft colours with discs of other colours and a little noise."""
    rng = np.random.default_rng(seed)
    soft = rng.integers(0, 256, (shape[0] // 30 + 2, shape[1] // 30 + 2, 3)).astype(np.uint8)
    picture = cv2.resize(soft, shape[::-1], interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        middle = int(rng.integers(0, shape[1])), int(rng.integers(0, shape[0]))
        colour = rng.integers(0, 256, 3).tolist()
        cv2.circle(picture, middle, int(rng.integers(5, 30)), colour, -1)
    noisy = picture + rng.normal(0, 4, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


@given(
    st.tuples(st.integers(1, 130), st.integers(1, 130)), st.integers(4, 40), st.integers(0, 2**32)
)
def test_any_part_has_the_numbers_of_the_whole(
    shape: tuple[int, int], size: int, seed: int
) -> None:
    picture = scene(shape, seed)
    rng = np.random.default_rng(seed)
    top, left = int(rng.integers(0, shape[0])), int(rng.integers(0, shape[1]))
    bottom, right = int(rng.integers(top, shape[0])), int(rng.integers(left, shape[1]))
    part = Rect(top, left, bottom + 1, right + 1)
    whole = Superpixels(picture, size).numbers(Rect.of_shape(shape))
    assert np.array_equal(Superpixels(picture, size).numbers(part), whole[part.slices])


@pytest.mark.parametrize("size", [4, 9, 20, 33])
def test_tiles_fit_together_as_if_the_picture_were_one(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = scene((240, 300), size)
    monkeypatch.setattr(superpixels, "_TILE_CELLS", 1000)
    at_once = Superpixels(picture, size).numbers(Rect(0, 0, 240, 300))
    monkeypatch.setattr(superpixels, "_TILE_CELLS", 3)
    monkeypatch.setattr(superpixels, "_SMALLEST_TILE", 1)
    by_tiles = Superpixels(picture, size).numbers(Rect(0, 0, 240, 300))
    assert (at_once != by_tiles).mean() < 1e-3


@pytest.mark.parametrize("size", [5, 12, 20])
def test_regions_keep_to_the_borders_of_what_is_seen(size: int) -> None:
    rows, columns = np.mgrid[:120, :160]
    truth = ((rows - 60) ** 2 + (columns - 71) ** 2 < 40**2).astype(np.uint8)
    picture = np.array([[40, 90, 60], [200, 60, 50]], np.uint8)[truth]
    numbers = Superpixels(picture, size).numbers(Rect(0, 0, 120, 160))
    inside = np.bincount(numbers.ravel(), truth.ravel().astype(float))
    of_all = np.bincount(numbers.ravel())
    wrong = np.minimum(inside, of_all - inside).sum()
    assert wrong <= 0.005 * truth.size
    regions = (of_all > 0).sum()
    assert 0.5 * truth.size / size**2 < regions < 1.6 * truth.size / size**2


@given(st.tuples(st.integers(1, 25), st.integers(1, 25)), st.integers(1, 9), st.integers(0, 2**32))
def test_joined_regions_are_in_one_piece_and_their_largest_pieces_stay(
    shape: tuple[int, int], count: int, seed: int
) -> None:
    numbers = np.random.default_rng(seed).integers(0, count, shape).astype(np.int32)
    found = joined(numbers)
    # Where a piece begins in the very corner, it has nobody to go to.
    loose = np.zeros(shape, bool)
    for number in np.unique(numbers):
        mask = numbers == number
        _, pieces, boxes, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
        areas = boxes[1:, cv2.CC_STAT_AREA]
        largest = [1 + int(i) for i in np.flatnonzero(areas == areas.max())]
        assert any((found[pieces == piece] == number).all() for piece in largest)
        if pieces[0, 0] and areas[pieces[0, 0] - 1] < areas.max():
            loose = pieces == pieces[0, 0]
    for number in np.unique(found):
        pieces_left, pieces = cv2.connectedComponents(
            (found == number).view(np.uint8), connectivity=4
        )
        corner = bool((found[loose] == number).any())
        assert pieces_left - 1 <= 1 + corner


def test_a_stroke_paints_every_region_that_it_touches_and_no_other() -> None:
    picture = scene((120, 150), 5)
    document = Document(Frame("frame", picture), LabelMap.blank((120, 150)), CLASSES)
    driver = ToolDriver()
    driver.document, driver.active_class = document, 1
    driver.choose(tools.registry.get("superpixel"), SuperpixelOptions(14))
    way = [PointerEvent(20.5, column + 0.5) for column in (10, 40, 90, 41)]
    driver.press(way[0])
    for event in way[1:]:
        driver.drag(event)
    driver.release(way[-1])
    numbers = Superpixels(picture, 14).numbers(Rect(0, 0, 120, 150))
    touched = np.unique(numbers[20, 10:91])
    assert np.array_equal(document.label_map.ids == 1, np.isin(numbers, touched))


def test_it_shows_the_regions_near_the_pointer_and_tints_the_one_under_it() -> None:
    picture = scene((200, 200), 6)
    document = Document(Frame("frame", picture), LabelMap.blank((200, 200)), CLASSES)
    driver = ToolDriver()
    driver.document = document
    driver.choose(tools.registry.get("superpixel"), SuperpixelOptions(10))
    borders, area = driver.shapes(PointerEvent(100.5, 99.5))
    assert isinstance(borders, Borders)
    assert isinstance(area, Area)
    numbers = Superpixels(picture, 10).numbers(Rect(0, 0, 200, 200))
    own = numbers == numbers[100, 99]
    assert np.array_equal(area.mask, own[area.rect.slices])
    assert own.sum() == area.mask.sum()
    seen = borders.regions >= 0
    assert np.array_equal(borders.regions[seen], numbers[borders.rect.slices][seen])
    assert seen.sum() < 60 * 60
    assert driver.shapes(PointerEvent(-30.0, 5.0)) == ()


def test_few_tiles_are_kept() -> None:
    known = Superpixels(scene((400, 1200), 7), 4)
    known.numbers(Rect(0, 0, 400, 1200))
    assert len(known._tiles) <= superpixels._TILES_KEPT
    assert known.numbers(Rect(0, 0, 5, 5)).shape == (5, 5)
