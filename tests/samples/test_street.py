"""The parts of street scenes, each against what it promises."""

from dataclasses import replace

import numpy as np
import pytest

from segstudio.samples import noise
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.car import Car, paint_car
from segstudio.samples.street.layout import House, draw_layout
from segstudio.samples.street.light import Light, draw_light
from segstudio.samples.street.mesh import Facet, Mesh
from segstudio.samples.street.plate import DESIGNS, draw_plate
from segstudio.samples.street.shadows import ShadowMap
from segstudio.samples.street.wall import Wall

CAMERA = Camera(focal=600.0, centre_x=300.0, horizon=200.0, height=1.7, offset=0.8, bend=0.001)


@pytest.fixture
def light() -> Light:
    """Low sun from the right, no haze."""
    drawn = draw_light(np.random.default_rng(0))
    to_sun = np.array([0.8, 0.6, 0.0], np.float32)
    return replace(drawn, to_sun=to_sun, haze_depth=1e9, lamps=0.0)


def test_the_ground_under_a_pixel_projects_back_to_it() -> None:
    first, x, z = CAMERA.ground((480, 600))
    for row, column in ((260, 40), (300, 300), (470, 599)):
        point = (float(x[row - first, column]), 0.0, float(z[row - first, 0]))
        assert CAMERA.at(*point) == pytest.approx((column + 0.5, row + 0.5), abs=0.02)


def test_shadows_fall_away_from_the_sun(light: Light) -> None:
    shadows = ShadowMap(light)
    shadows.add_house(House(side=1, near=20.0, far=30.0, face=6.0, height=9.0, seed=0))
    shadows.soften()
    assert shadows.sunlit(0.0, 25.0) < 0.05  # 6 m before a wall whose shadow is 12 m long
    assert shadows.sunlit(-8.0, 25.0) > 0.95
    assert shadows.sunlit(0.0, 45.0) > 0.95


def test_contact_takes_sky_and_leaves_sun(light: Light) -> None:
    shadows = ShadowMap(light)
    shadows.add_contact([(-1, 10), (1, 10), (1, 14), (-1, 14)], 0.9)
    x, z = np.array([[0.0, 5.0]], np.float32), np.array([[12.0]], np.float32)
    sun, sky = shadows.sample(x, z)
    np.testing.assert_allclose(sun, [[1, 1]])
    np.testing.assert_allclose(sky, [[0.1, 1]], atol=1e-6)


def test_a_house_is_in_the_skyline_of_its_own_side() -> None:
    layout = draw_layout(np.random.default_rng(1))
    house = next(house for house in layout.houses if house.side == 1)
    z = np.array([(house.near + house.far) / 2, house.near - 200.0], np.float32)
    np.testing.assert_allclose(layout.skyline(1, z), [house.height, 0.0])


@pytest.mark.parametrize(("heading", "red"), [(0.0, True), (np.pi, False)])
def test_cars_show_red_lamps_behind_and_white_ones_before(
    light: Light, heading: float, red: bool
) -> None:
    pictures = []
    for lamps in (0.0, 1.0):
        canvas = Canvas.blank(480, 600)
        car = Car(0.0, 9.0, heading, seed=4)
        paint_car(canvas, CAMERA, replace(light, lamps=lamps), car, sunlit=1.0)
        assert (canvas.ids == Street.CAR).sum() > 2000
        pictures.append(canvas.picture)
    shining = (pictures[1] - pictures[0]).reshape(-1, 3)
    shining = shining[shining.max(axis=1) > 0.3]
    assert len(shining) > 20
    assert (shining[:, 0] > 10 * shining[:, 1]).all() == red


def test_a_facet_that_looks_away_is_not_painted(light: Light) -> None:
    """A cube shows its near and upper faces, and never its far one."""
    corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
    faces = [
        Facet([(-1.0, u + 1.0, o) for u, o in corners], role=0, layer=0),
        Facet([(1.0, u + 1.0, o) for u, o in corners], role=1, layer=1),
    ]
    canvas = Canvas.blank(480, 600)
    glows = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    Mesh(faces, (0.0, 1.0, 0.0)).paint(
        canvas, CAMERA, light, (0.0, 9.0, 0.0), np.zeros_like(glows), glows, 0.0, Street.CAR
    )
    shown = canvas.picture[canvas.ids == Street.CAR]
    assert len(shown) > 1000
    np.testing.assert_allclose(shown, np.broadcast_to([1, 0, 0], shown.shape), atol=1e-5)


def test_stamps_are_cut_at_the_edge_and_go_into_picture_and_ids() -> None:
    canvas = Canvas.blank(20, 20)
    patch = np.full((10, 10, 3), 0.5, np.float32)
    mask = np.ones((10, 10), np.uint8)
    mask[0] = 0
    canvas.stamp(patch, mask, -5, 15, Street.SIGN)
    wanted = np.zeros((20, 20), bool)
    wanted[0:5, 15:20] = True
    np.testing.assert_array_equal(canvas.ids == Street.SIGN, wanted)
    np.testing.assert_array_equal(canvas.picture[..., 0] == 0.5, wanted)


def test_a_grid_gives_every_rectangle_its_own_colour() -> None:
    wall = Wall(width=10.0, height=5.0, columns=100, rows=50)
    colours = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    wall.grid([(1.0, 2.0), (4.0, 6.0)], [(0.0, 1.0), (3.0, 4.0)], colours)
    np.testing.assert_array_equal(wall.albedo[45, 15], colours[0, 0])
    np.testing.assert_array_equal(wall.albedo[45, 50], colours[0, 1])
    np.testing.assert_array_equal(wall.albedo[12, 50], colours[1, 1])
    assert not wall.albedo[30].any()


def test_tiles_wrap_without_a_seam() -> None:
    tile = noise.fractal(1, 8, 4)
    inside = np.abs(np.diff(tile, axis=0)).mean()
    assert np.abs(tile[0] - tile[-1]).mean() < 2 * inside
    assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 2 * inside


@pytest.mark.parametrize("kind", range(len(DESIGNS)))
def test_a_plate_is_painted_within_its_outline(kind: int) -> None:
    plate, outline = draw_plate(kind, number=2)
    assert outline.min() >= 0
    assert outline.max() <= 1
    assert plate[48, 48].any()
    assert len(np.unique(plate.reshape(-1, 3), axis=0)) > 2
