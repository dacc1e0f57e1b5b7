"""Street scenes: a street, its light and what stands on it, drawn from far to near."""

import cv2
import numpy as np

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.label_map import Ids
from segstudio.samples.sample import Sample
from segstudio.samples.street import ground
from segstudio.samples.street.building import Builder
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.car import Car, paint_car
from segstudio.samples.street.inhabitants import Thing, settle
from segstudio.samples.street.layout import END, House, Layout, draw_camera, draw_layout
from segstudio.samples.street.lens import photograph
from segstudio.samples.street.light import Light, draw_light
from segstudio.samples.street.pedestrian import Pedestrian, paint_pedestrian
from segstudio.samples.street.shadows import ShadowMap
from segstudio.samples.street.sign import Sign, paint_sign
from segstudio.samples.street.sky import paint_sky
from segstudio.samples.street.tree import Tree, paint_tree

HEIGHT, WIDTH = 320, 480
_FINE = 2  # drawn at twice the size, so that edges in the picture are smooth

CLASSES = ClassTable(
    (
        LabelClass(Street.ROAD, "road", (148, 103, 248), "1"),
        LabelClass(Street.PAVEMENT, "pavement", (204, 121, 167), "2"),
        LabelClass(Street.BUILDING, "building", (230, 159, 0), "3"),
        LabelClass(Street.SKY, "sky", (86, 180, 233), "4"),
        LabelClass(Street.TREE, "tree", (0, 158, 115), "5"),
        LabelClass(Street.CAR, "car", (0, 114, 178), "6"),
        LabelClass(Street.PEDESTRIAN, "pedestrian", (240, 228, 66), "7"),
        LabelClass(Street.SIGN, "sign", (213, 94, 0), "8"),
    )
)


def draw_scene(seed: int, index: int) -> Sample:
    """Draw one street scene.

    Returns
    -------
    A 320x480 RGB picture, uint8, and its ids in :data:`CLASSES`; the same numbers give the same.
    """
    rng = np.random.default_rng([seed, index, 1])
    height, width = HEIGHT * _FINE, WIDTH * _FINE
    canvas = Canvas.blank(height, width)
    camera, layout, light = draw_camera(rng, height, width), draw_layout(rng), draw_light(rng)
    things = settle(rng, layout, camera)
    shadows = _shadows(light, layout, things)
    paint_sky(canvas, camera, light, rng)
    _backdrop(canvas, camera, light, rng)
    ground.paint_ground(canvas, camera, light, layout, ground.draw_style(rng), shadows, rng)
    _paint_standing(canvas, camera, light, layout, things, shadows)
    small = cv2.resize(canvas.picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return Sample(photograph(np.asarray(small, np.float32), rng), majority(canvas.ids))


def majority(ids: Ids) -> Ids:
    """Halve a label map: each pixel gets the id that most of its four have (H/2 x W/2)."""
    a, b, c, d = ids[::2, ::2], ids[::2, 1::2], ids[1::2, ::2], ids[1::2, 1::2]
    return np.where((b == c) | (b == d), b, np.where(c == d, c, a))


def _shadows(light: Light, layout: Layout, things: list[Thing]) -> ShadowMap:
    shadows = ShadowMap(light)
    for house in layout.houses:
        shadows.add_house(house)
    for thing in things:
        thing.cast(shadows)
    shadows.soften()
    return shadows


def _backdrop(canvas: Canvas, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    """Hazy roofs that close the street where it ends."""
    x = -140.0
    colour = np.float32(rng.uniform(0.25, 0.45)) * light.ambient
    while x < 140:
        width, height, z = rng.uniform(6, 18), rng.uniform(4, 12), END + rng.uniform(10, 60)
        corners = np.array(
            [[x, 0, z], [x + width, 0, z], [x + width, height, z], [x, height, z]], np.float32
        )
        tone = light.hazed(colour * np.float32(rng.uniform(0.7, 1.1)), z * 1.3)
        canvas.polygon(camera.project(corners), tone, Street.BUILDING)
        x += width * 0.9


def _paint_standing(
    canvas: Canvas,
    camera: Camera,
    light: Light,
    layout: Layout,
    things: list[Thing],
    shadows: ShadowMap,
) -> None:
    builder = Builder(canvas, camera, light, layout)
    order: list[House | Thing] = [*layout.houses, *things]
    for thing in sorted(order, key=lambda t: -(t.far if isinstance(t, House) else t.z)):
        if isinstance(thing, House):
            builder.paint(thing)
        else:
            _paint_thing(canvas, camera, light, thing, shadows.sunlit(thing.x, thing.z))


def _paint_thing(canvas: Canvas, camera: Camera, light: Light, thing: Thing, sunlit: float) -> None:
    match thing:
        case Tree():
            paint_tree(canvas, camera, light, thing, sunlit)
        case Car():
            paint_car(canvas, camera, light, thing, sunlit)
        case Pedestrian():
            paint_pedestrian(canvas, camera, light, thing, sunlit)
        case Sign():
            paint_sign(canvas, camera, light, thing, sunlit)
