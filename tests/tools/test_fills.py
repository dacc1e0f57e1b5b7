"""Bucket, magic wand and what they share: fills equal a reference that takes its time."""

from typing import Any

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
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.bucket import BucketOptions
from segstudio.tools.parts.colour import distances, near
from segstudio.tools.parts.region import connected, fill, pixel_under, smooth_mask
from segstudio.tools.parts.shapes import Area, Note
from segstudio.tools.parts.sweep import Patch
from segstudio.tools.wand import WandOptions

CLASSES = ClassTable.of_names(["road", "car", "tree"])
Mask = NDArray[np.bool_]
shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))
seeds = st.integers(0, 2**32 - 1)


def component(mask: Mask, row: int, column: int) -> Mask:
    """The 4-connected component of a place, by OpenCV's other way to find it."""
    _, pieces = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    return pieces == pieces[row, column]


def together(patches: Any, shape: tuple[int, int]) -> Mask:
    covered = np.zeros(shape, bool)
    for rect, mask in patches:
        assert mask.shape == (rect.height, rect.width)
        covered[rect.slices] |= mask
    return covered


def hand(document: Document, name: str, options: Any) -> ToolDriver:
    driver = ToolDriver()
    driver.document, driver.active_class = document, 1
    driver.choose(tools.registry.get(name), options)
    return driver


def click(driver: ToolDriver, *places: tuple[float, float], reach: float = 1.0) -> None:
    """Press, drag and release."""
    events = [PointerEvent(y, x, reach=reach) for y, x in places]
    driver.press(events[0])
    for event in events[1:]:
        driver.drag(event)
    driver.release(events[-1])


def blobs(shape: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """Classes 0 to 2 and void in areas that hang together."""
    rng = np.random.default_rng(seed)
    coarse = rng.choice(np.array([0, 1, 2, VOID], np.uint8), (shape[0] // 3 + 1, shape[1] // 3 + 1))
    return coarse.repeat(3, 0).repeat(3, 1)[: shape[0], : shape[1]]


def coloured(shape: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """A picture of a few colours that differ a little, in areas that hang together."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(90, 130, (256, 3)).astype(np.uint8)
    return colours[blobs(shape, seed)] + rng.integers(0, 4, (*shape, 3)).astype(np.uint8)


# --- regions -----------------------------------------------------------------------------------


@given(shapes, seeds, st.floats(0.3, 0.9))
def test_a_connected_region_is_the_component_of_its_seed(
    shape: tuple[int, int], seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < share
    row, column = rng.integers(0, shape[0]), rng.integers(0, shape[1])
    mask[row, column] = True
    patch = connected(lambda rect: mask[rect.slices], (row, column), Rect.of_shape(shape))
    expected = component(mask, row, column)
    assert np.array_equal(together([patch], shape), expected)
    rows, columns = np.nonzero(expected)
    around = Rect(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    assert patch[0] == around


def spiral(side: int) -> Mask:
    """One path of pixels from the middle of a square outwards."""
    mask = np.zeros((side, side), bool)
    row = column = side // 2
    step, length = (0, 1), 4
    while 0 <= row < side and 0 <= column < side:
        for _ in range(length):
            if 0 <= row < side and 0 <= column < side:
                mask[row, column] = True
            row, column = row + step[0], column + step[1]
        step, length = (step[1], -step[0]), length + 2
    return mask


def test_a_region_is_followed_however_far_it_winds_and_nothing_is_asked_twice() -> None:
    mask = spiral(1500)
    asked = np.zeros(mask.shape, int)

    def like(rect: Rect) -> Mask:
        asked[rect.slices] += 1
        return mask[rect.slices]

    patch = connected(like, (750, 750), Rect.of_shape(mask.shape))
    assert np.array_equal(together([patch], mask.shape), component(mask, 750, 750))
    assert asked.max() == 1


def test_a_small_region_of_a_large_picture_is_looked_for_near_its_seed() -> None:
    asked: list[Rect] = []

    def like(rect: Rect) -> Mask:
        asked.append(rect)
        rows, columns = np.mgrid[rect.slices]
        return (abs(rows - 5000) < 10) & (abs(columns - 7000) < 10)

    rect, mask = connected(like, (5000, 7000), Rect(0, 0, 10_000, 10_000))
    assert (rect, mask.all()) == (Rect(4991, 6991, 5010, 7010), True)
    assert sum(rect.height * rect.width for rect in asked) < 300_000


@given(shapes, seeds, st.integers(1, 6))
def test_smoothing_goes_with_the_majority(shape: tuple[int, int], seed: int, radius: int) -> None:
    mask = np.random.default_rng(seed).random(shape) < 0.5
    wide = np.pad(mask, radius, mode="edge")
    squares = np.lib.stride_tricks.sliding_window_view(wide, (2 * radius + 1,) * 2)
    expected = squares.mean(axis=(2, 3)) > 0.5
    assert np.array_equal(smooth_mask(mask, radius), expected)


@given(seeds, st.integers(0, 5), st.sampled_from(["connected", "whole frame"]))
def test_a_smoothed_fill_is_the_fill_smoothed_across_tiles(
    seed: int, radius: int, where: Any
) -> None:
    shape = (150, 30)
    mask = blobs(shape, seed) == 1
    mask[130, 10] = True

    def patches(smooth: int) -> list[Patch]:
        bounds = Rect.of_shape(shape)
        return list(fill(lambda rect: mask[rect.slices], (130, 10), bounds, where, smooth))

    plain = together(patches(0), shape)
    assert np.array_equal(plain, component(mask, 130, 10) if where == "connected" else mask)
    expected = smooth_mask(plain, radius) if radius else plain
    assert np.array_equal(together(patches(radius), shape), expected)


@pytest.mark.parametrize(
    ("y", "x", "found"),
    [
        (0.0, 0.0, (0, 0)),
        (9.99, 19.99, (9, 19)),
        (10.0, 20.0, (9, 19)),
        (-1.9, 5.5, (0, 5)),
        (-2.1, 5.5, None),
        (5, 22.1, None),
    ],
)
def test_a_press_a_little_beside_the_picture_means_its_edge(
    y: float, x: float, found: tuple[int, int] | None
) -> None:
    assert pixel_under(PointerEvent(y, x, reach=2.0), Rect(0, 0, 10, 20)) == found


# --- colours -----------------------------------------------------------------------------------


@given(seeds, st.floats(0, 100))
def test_rgb_distance_is_the_length_of_the_difference(seed: int, tolerance: float) -> None:
    rng = np.random.default_rng(seed)
    picture, colour = (rng.integers(0, 256, size).astype(np.uint8) for size in ((9, 11, 3), 3))
    apart = np.linalg.norm(picture.astype(float) - colour, axis=-1)
    found = near(distances(picture, colour, "RGB"), tolerance)
    sure = abs(apart - tolerance) > 0.2
    assert np.array_equal(found[sure], (apart <= tolerance)[sure])


def test_lab_distance_is_that_of_exact_lab() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (60, 60, 3)).astype(np.uint8)
    exact = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    apart = np.linalg.norm(exact - exact[7, 7], axis=-1)
    found = np.sqrt(distances(picture, picture[7, 7], "Lab") / 4)
    below = apart < 100  # larger ones are cut off
    assert np.abs(found - apart)[below].max() < 2.0  # 8-bit Lab has whole numbers
    assert found[7, 7] == 0
    assert found[~below].min() > 98


def test_black_and_white_are_100_apart_in_lab() -> None:
    grey = np.array([[[0] * 3, [255] * 3]], np.uint8)
    assert np.sqrt(distances(grey, grey[0, 0], "Lab") / 4)[0].tolist() == [0, 100]


# --- bucket ------------------------------------------------------------------------------------


@given(shapes, seeds, st.sampled_from(["connected", "whole frame"]))
def test_the_bucket_fills_what_has_one_class(shape: tuple[int, int], seed: int, where: Any) -> None:
    rng = np.random.default_rng(seed)
    before = LabelMap(blobs(shape, seed), rng.integers(0, 3, shape).astype(np.uint8))
    picture = np.zeros(shape, np.uint8)
    document = Document(Frame("frame", picture), before.copy(), CLASSES)
    row, column = int(rng.integers(0, shape[0])), int(rng.integers(0, shape[1]))
    click(hand(document, "bucket", BucketOptions(where)), (row + 0.5, column + 0.5))
    same = before.ids == before.ids[row, column]
    filled = component(same, row, column) if where == "connected" else same
    now = document.label_map
    assert np.array_equal(now.ids, np.where(filled, 1, before.ids))
    assert np.array_equal(now.provenance, np.where(filled, Provenance.HUMAN, before.provenance))


# --- wand --------------------------------------------------------------------------------------


def expected_wand(picture: NDArray[np.uint8], row: int, column: int, options: WandOptions) -> Mask:
    like = near(distances(picture, picture[row, column], options.space), options.tolerance)
    filled = component(like, row, column) if options.where == "connected" else like
    return smooth_mask(filled, options.smooth) if options.smooth else filled


wands = st.builds(
    WandOptions,
    tolerance=st.floats(0, 40),
    where=st.sampled_from(["connected", "whole frame"]),
    smooth=st.integers(0, 3),
    space=st.sampled_from(["Lab", "RGB"]),
)


@given(shapes, seeds, wands)
def test_the_wand_fills_what_is_near_in_colour_and_shows_it_first(
    shape: tuple[int, int], seed: int, options: WandOptions
) -> None:
    picture = coloured(shape, seed)
    document = Document(Frame("frame", picture), LabelMap.blank(shape), CLASSES)
    rng = np.random.default_rng(seed)
    row, column = int(rng.integers(0, shape[0])), int(rng.integers(0, shape[1]))
    driver = hand(document, "wand", options)
    event = PointerEvent(row + 0.5, column + 0.5)
    driver.press(event)
    assert (document.label_map.ids == VOID).all()
    shown = [shape for shape in driver.shapes(event) if isinstance(shape, Area)]
    driver.release(event)
    filled = expected_wand(picture, row, column, options)
    assert np.array_equal(document.label_map.ids == 1, filled)
    assert np.array_equal(together(((area.rect, area.mask) for area in shown), shape), filled)
    assert driver.shapes(event) == ()


@pytest.mark.parametrize(
    ("dragged", "tolerance"), [(0, 10), (-7, 10), (-12, 11), (-28, 15), (28, 5), (900, 0)]
)
def test_dragging_up_takes_more_in_and_down_less(dragged: float, tolerance: float) -> None:
    ramp = np.tile(np.arange(0, 120, dtype=np.uint8)[None, :, None], (5, 1, 3))
    document = Document(Frame("frame", ramp), LabelMap.blank((5, 120)), CLASSES)
    driver = hand(document, "wand", WandOptions(10.0, space="RGB"))
    press, here = (PointerEvent(2.5 + down, 60.5, reach=8.0) for down in (0, dragged))
    driver.press(press)
    driver.drag(here)
    (note,) = (shape for shape in driver.shapes(here) if isinstance(shape, Note))
    assert note.text == f"Tolerance {tolerance:.1f}"
    driver.release(here)
    assert (document.label_map.ids[2] == 1).sum() == 2 * int(tolerance / 3**0.5) + 1
    assert document.history.undo_name == "Magic wand"


def test_the_preview_is_as_coarse_as_the_screen_and_has_the_pixel_pressed() -> None:
    picture = np.zeros((900, 1300, 3), np.uint8)
    picture[303, 707] = 200
    document = Document(Frame("frame", picture), LabelMap.blank((900, 1300)), CLASSES)
    driver = hand(document, "wand", WandOptions(where="whole frame"))
    event = PointerEvent(303.5, 707.5, reach=20.0)
    driver.press(event)
    (area,) = (shape for shape in driver.shapes(event) if isinstance(shape, Area))
    assert (area.step, area.mask.tolist()) == (5, [[True]])
    assert (area.rect.top, area.rect.left) == (303, 707)
    driver.release(event)
    assert np.argwhere(document.label_map.ids == 1).tolist() == [[303, 707]]


def test_escape_lets_the_wand_go() -> None:
    picture = coloured((20, 20), 3)
    document = Document(Frame("frame", picture), LabelMap.blank((20, 20)), CLASSES)
    driver = hand(document, "wand", WandOptions())
    event = PointerEvent(5.5, 5.5)
    driver.press(event)
    assert driver.shapes(event)
    assert driver.cancel()
    assert driver.shapes(event) == ()
    driver.release(event)
    assert document.history.undo_name is None


def test_a_press_far_beside_the_picture_does_nothing() -> None:
    for name, options in (("wand", WandOptions()), ("bucket", BucketOptions())):
        picture = coloured((20, 20), 3)
        document = Document(Frame("frame", picture), LabelMap.blank((20, 20)), CLASSES)
        click(hand(document, name, options), (-9.0, 4.0), (5.0, 5.0))
        assert document.history.undo_name is None
