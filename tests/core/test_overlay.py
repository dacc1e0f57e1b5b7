"""The overlay: palette look-up and contours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core import overlay
from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID

CLASSES = ClassTable.of_names(["a", "b", "c"])


def picture(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).choice(np.array([0, 1, 2, VOID], np.uint8), shape)


@given(st.integers(0, 100), st.integers(1, 9), st.integers(1, 9))
def test_edges_are_pixels_with_another_id_beside_them(seed: int, height: int, width: int) -> None:
    ids = picture(seed, (height, width))
    found = overlay.edges(ids)
    for y in range(height):
        for x in range(width):
            beside = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
            inside = [(v, u) for v, u in beside if 0 <= v < height and 0 <= u < width]
            assert found[y, x] == any(ids[v, u] != ids[y, x] for v, u in inside)


@pytest.mark.parametrize("opacity", [0.0, 0.35, 1.0])
def test_a_pixel_has_its_class_colour_times_its_alpha(opacity: float) -> None:
    rgba = overlay.colour(picture(1, (5, 7)), CLASSES.palette(), opacity)
    assert rgba.shape == (5, 7, 4)
    assert rgba.dtype == np.uint8
    for y, x in np.ndindex(5, 7):
        entry = CLASSES.get(int(picture(1, (5, 7))[y, x]))
        expected = [*(v * opacity for v in entry.colour), 255 * opacity] if entry else [0] * 4
        np.testing.assert_allclose(rgba[y, x], expected, atol=0.51)


@given(st.floats(0, 1), st.tuples(*[st.integers(0, 255)] * 3))
def test_no_colour_exceeds_its_alpha(opacity: float, colour: tuple[int, int, int]) -> None:
    table = overlay.premultiplied(CLASSES.changed(0, colour=colour).palette(), opacity)
    assert (table[:, :3] <= table[:, 3:]).all()


def test_invisible_classes_and_void_show_nothing() -> None:
    palette = CLASSES.changed(1, visible=False).palette()
    ids = np.array([[0, 1, VOID]], np.uint8)
    assert overlay.colour(ids, palette, 1.0).any(axis=2).tolist() == [[True, False, False]]
    assert overlay.contours(ids, palette).any(axis=2).tolist() == [[True, False, False]]


def test_contours_are_opaque_on_edges_and_clear_elsewhere() -> None:
    ids = np.zeros((4, 6), np.uint8)
    ids[:, 3:] = 1
    rgba = overlay.contours(ids, CLASSES.palette())
    assert rgba[..., 3].tolist() == [[0, 0, 255, 255, 0, 0]] * 4
    assert rgba[0, 2].tolist() == [*CLASSES.classes[0].colour, 255]
    assert rgba[0, 3].tolist() == [*CLASSES.classes[1].colour, 255]
