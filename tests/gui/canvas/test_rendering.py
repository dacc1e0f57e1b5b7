"""Pixels for the screen, without a widget."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import Ids
from segstudio.core.rect import Rect
from segstudio.gui.canvas.rendering import Packed, PicturePyramid, render_ids, render_overlay
from segstudio.gui.canvas.viewport import Viewport

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (40, 60, 3), np.uint8)
IDS = RNG.integers(0, 3, (40, 60), np.uint8)
PALETTE = RNG.integers(1, 2**32, 256, np.uint64).astype(np.uint32)


PENS = st.integers(0, 3)


def _overlay(ids: Ids, viewport: Viewport, whole: Rect, part: Rect, pen: int) -> Packed:
    drawn = render_overlay(lambda area: render_ids(ids, viewport, area), whole, part, PALETTE, pen)
    assert drawn is not None
    return drawn


def _channels(packed: np.ndarray) -> np.ndarray:
    return np.stack([(packed >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)


def test_at_100_percent_the_picture_is_itself() -> None:
    viewport = Viewport(1.0, 5.0, 7.0)
    area = viewport.covered(PICTURE.shape[:2], Rect(0, 0, 200, 200))
    assert (area.height, area.width) == (40, 60)
    drawn = PicturePyramid(PICTURE).render(viewport, area)
    assert np.array_equal(_channels(drawn), PICTURE)


@settings(max_examples=60)
@given(st.floats(1.0, 64.0), st.floats(-300, 60), st.floats(-300, 60))
def test_picture_and_labels_meet_in_every_enlarged_pixel(
    scale: float, top: float, left: float
) -> None:
    viewport = Viewport(scale, top, left)
    area = viewport.covered(IDS.shape, Rect(0, 0, 90, 120))
    if area.empty:
        return
    coded = np.stack([IDS * 80, IDS, IDS], axis=-1).astype(np.uint8)
    drawn = _channels(PicturePyramid(coded).render(viewport, area))
    assert np.array_equal(drawn[..., 1], render_ids(IDS, viewport, area))


@settings(max_examples=100)
@given(st.floats(0.3, 3.0) | st.just(1.0), st.floats(-50, 30), st.floats(-50, 30))
def test_each_device_pixel_shows_the_pixel_under_its_middle(
    scale: float, top: float, left: float
) -> None:
    viewport = Viewport(scale, top, left)
    area = viewport.covered(IDS.shape, Rect(0, 0, 70, 90))
    if area.empty:
        return
    rows, columns = viewport.picture_indices((40, 60), area)
    assert np.array_equal(render_ids(IDS, viewport, area), IDS[np.ix_(rows, columns)])


@pytest.mark.parametrize("scale", [0.05, 0.07, 0.4, 0.9, 1.0, 3.0])
def test_levels_made_beforehand_draw_the_same(scale: float) -> None:
    built = PicturePyramid(PICTURE)
    built.build()
    viewport = Viewport(scale, 3.3, 2.7)
    area = viewport.covered((40, 60), Rect(0, 0, 200, 200))
    drawn = built.render(viewport, area)
    assert (drawn >> 24 == 255).all()
    assert np.array_equal(drawn, PicturePyramid(PICTURE).render(viewport, area))


@pytest.mark.parametrize("scale", [0.05, 0.3, 1.0, 4.0])
def test_a_preview_lies_where_the_picture_will(scale: float) -> None:
    soft = cv2.resize(PICTURE[:6, :9], (900, 600), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(soft, (225, 150), interpolation=cv2.INTER_AREA)
    preview, whole = PicturePyramid(small, (600, 900)), PicturePyramid(soft)
    assert preview.shape == whole.shape
    viewport = Viewport(scale, 2.2, -7.7)
    area = viewport.covered((600, 900), Rect(0, 0, 300, 300))
    seen, wanted = (_channels(p.render(viewport, area)).astype(int) for p in (preview, whole))
    assert np.abs(seen - wanted).mean() < 4


def test_a_reduced_picture_keeps_its_mean_and_its_place() -> None:
    ramp = np.repeat(np.linspace(0, 255, 512)[None, :, None], 384, axis=0).repeat(3, 2)
    pyramid = PicturePyramid(ramp.astype(np.uint8))
    for scale in (0.9, 0.5, 0.26, 0.1, 0.03):
        viewport = Viewport(scale, 3.3, 2.7)
        area = viewport.covered((384, 512), Rect(0, 0, 600, 600))
        drawn = _channels(pyramid.render(viewport, area))[..., 0].astype(float)
        columns = (np.arange(area.left, area.right) + 0.5 - viewport.left) / scale
        expected = (columns - 0.5) * 255 / 511
        middle = slice(len(columns) // 10, -len(columns) // 10 or None)
        assert np.abs(drawn.mean(axis=0) - expected)[middle].max() < 3.0, scale


@settings(max_examples=60)
@given(st.floats(0.2, 20), st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), PENS)
def test_repainting_a_part_draws_what_the_whole_has_there(
    scale: float, top: int, left: int, size: int, pen: int
) -> None:
    viewport = Viewport(scale, -3.2, 4.1)
    whole = viewport.covered(IDS.shape, Rect(0, 0, 200, 200))
    part = viewport.covered(IDS.shape, Rect(top, left, top + size, left + size))
    if part.empty:
        return
    drawn = _overlay(IDS, viewport, whole, whole, pen)
    again = _overlay(IDS, viewport, whole, part, pen)
    assert np.array_equal(drawn[part.shifted(-whole.top, -whole.left).slices], again)


@pytest.mark.parametrize("pen", [1, 2, 3])
def test_contours_are_a_pen_wide_on_each_side_of_a_border(pen: int) -> None:
    ids = np.zeros((10, 10), np.uint8)
    ids[:, 5:] = 1
    whole = Rect(0, 0, 80, 80)
    drawn = _overlay(ids, Viewport(8.0, 0, 0), whole, whole, pen)
    assert np.flatnonzero(drawn[40]).tolist() == list(range(40 - pen, 40 + pen))


def test_void_and_invisible_classes_are_not_drawn() -> None:
    table = ClassTable.of_names(["road", "sky"]).changed(1, visible=False)
    palette = table.palette()
    assert palette[0, 3] == 255 and palette[1, 3] == 0 and palette[255, 3] == 0
