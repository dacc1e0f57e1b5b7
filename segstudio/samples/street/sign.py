"""Traffic signs and lights on their poles."""

from dataclasses import dataclass

import cv2
import numpy as np

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street, polygon_mask
from segstudio.samples.street.light import Light, linear
from segstudio.samples.street.plate import DESIGNS, EDGE, draw_plate
from segstudio.samples.street.shadows import ShadowMap

KINDS = len(DESIGNS) + 1  # the last kind is a traffic light
_HALF_POLE = 0.06
_LAMPS = ((236, 40, 30), (246, 180, 30), (40, 220, 120))


@dataclass(frozen=True)
class Sign:
    """A sign in metres: where its pole stands, the plate's size and the height of its middle."""

    x: float
    z: float
    size: float
    height: float
    kind: int
    number: int

    def cast(self, shadows: ShadowMap) -> None:
        """Lay pole and plate on the ground as shadow."""
        shadows.add_post(self.x, self.z, 0.06, self.height)
        shadows.add_ball(self.x, self.z, self.height, self.size * 0.45, 0.9)


def paint_sign(canvas: Canvas, camera: Camera, light: Light, sign: Sign, sunlit: float) -> None:
    """Paint one sign or traffic light."""
    _paint_pole(canvas, camera, light, sign, sunlit)
    if sign.kind == KINDS - 1:
        _paint_traffic_light(canvas, camera, light, sign, sunlit)
    else:
        _paint_plate(canvas, camera, light, sign, sunlit)


def _paint_plate(canvas: Canvas, camera: Camera, light: Light, sign: Sign, sunlit: float) -> None:
    plate, outline = draw_plate(sign.kind, sign.number)
    edge = max(4, round(sign.size * camera.scale(sign.z)))
    shrink = cv2.INTER_AREA if edge < EDGE else cv2.INTER_LINEAR
    small = cv2.resize(plate, (edge, edge), interpolation=shrink)
    albedo = (small.astype(np.float32) / 255.0) ** np.float32(2.2)
    shine = np.diag(light.on((0.0, 0.1, -1.0), sunlit) * np.float32(1.1))
    patch = np.asarray(cv2.transform(albedo, light.through_air(shine, sign.z)), np.float32)
    column, row = camera.at(sign.x, sign.height, sign.z)
    top, left = round(row - edge / 2), round(column - edge / 2)
    canvas.stamp(patch, polygon_mask(outline * edge, edge, edge), top, left, Street.SIGN)


def _paint_pole(canvas: Canvas, camera: Camera, light: Light, sign: Sign, sunlit: float) -> None:
    steel, middle = linear(132, 136, 140), sign.height / 2
    for left, normal in ((-_HALF_POLE, (0.0, 0.0, -1.0)), (0.0, (1.0, 0.0, -0.3))):
        box = np.array(
            [[left, -middle], [_HALF_POLE, -middle], [_HALF_POLE, middle], [left, middle]]
        )
        colour = light.hazed(steel * light.on(normal, sunlit), sign.z)
        canvas.polygon(_upright(camera, sign, box, middle), colour, Street.SIGN)


def _paint_traffic_light(
    canvas: Canvas, camera: Camera, light: Light, sign: Sign, sunlit: float
) -> None:
    middle = sign.height + 0.2
    case = np.array([[-0.17, -0.48], [0.17, -0.48], [0.17, 0.48], [-0.17, 0.48]])
    black = light.hazed(linear(30, 34, 32) * light.on((0.0, 0.0, -1.0), sunlit), sign.z)
    canvas.polygon(_upright(camera, sign, case, middle), black, Street.SIGN)
    turns = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = 0.115 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for index, colour in enumerate(_LAMPS):
        glow = linear(*colour) * np.float32(1.6 if index == sign.number % len(_LAMPS) else 0.06)
        lamp = _upright(camera, sign, ring, middle + 0.3 - 0.3 * index)
        canvas.polygon(lamp, light.hazed(glow, sign.z), Street.SIGN)


def _upright(camera: Camera, sign: Sign, shape: Floats, middle: float) -> Floats:
    """Picture points of an upright shape (N, 2) of (right, up) around a point on the pole."""
    depth = np.full(len(shape), sign.z)
    return camera.project(np.stack([sign.x + shape[:, 0], middle + shape[:, 1], depth], axis=1))
