"""Cars: a body, a paint, a place on the road."""

from dataclasses import dataclass

import numpy as np

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.car_body import HATCHBACK, OFFROADER, SALOON, VAN, Body
from segstudio.samples.street.car_mesh import Part, mesh
from segstudio.samples.street.light import Light, linear
from segstudio.samples.street.shadows import ShadowMap

_PAINTS = (
    (196, 198, 202), (232, 232, 230), (40, 42, 46), (96, 100, 106), (140, 144, 150),
    (156, 28, 30), (30, 62, 128), (44, 96, 60), (88, 120, 70), (180, 140, 60), (60, 110, 150),
    (120, 70, 50), (206, 196, 170), (210, 96, 34),
)  # fmt: skip
_BODIES = (SALOON,) * 3 + (HATCHBACK,) * 3 + (OFFROADER,) * 2 + (VAN,)
_NEAREST = 4.6


@dataclass(frozen=True)
class Car:
    """A car in metres: its middle on the ground and its heading (radians, 0 drives away)."""

    x: float
    z: float
    heading: float
    seed: int

    @property
    def body(self) -> Body:
        """What kind of car it is."""
        return _BODIES[self.seed % len(_BODIES)]

    def cast(self, shadows: ShadowMap) -> None:
        """Lay shadow and darkness on the ground under the car."""
        body = self.body
        shadows.add_box(self._outline(body.length / 2 - 0.1, body.half - 0.05), body.belt)
        shadows.add_box(self._outline(body.length * 0.3, body.roof_half), body.roof - 0.1)
        shadows.add_contact(self._outline(body.length / 2, body.half), 0.9)

    def _outline(self, half_length: float, half: float) -> list[tuple[float, float]]:
        sine, cosine = float(np.sin(self.heading)), float(np.cos(self.heading))
        corners = (
            (-half_length, -half),
            (-half_length, half),
            (half_length, half),
            (half_length, -half),
        )
        return [
            (self.x + a * sine + b * cosine, self.z + a * cosine - b * sine) for a, b in corners
        ]


def paint_car(canvas: Canvas, camera: Camera, light: Light, car: Car, sunlit: float) -> None:
    """Paint one car; one that stands too near to be seen whole is left out."""
    if car.z < _NEAREST:
        return
    colours, glows = _colours(car, light)
    where = (car.x, car.z, car.heading)
    mesh(car.body).paint(canvas, camera, light, where, colours, glows, sunlit, Street.CAR)


def _colours(car: Car, light: Light) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(car.seed)
    paint = np.array(_PAINTS[int(rng.integers(len(_PAINTS)))]) + rng.uniform(-12, 12)
    colours = np.zeros((len(Part), 3), np.float32)
    colours[Part.PAINT] = linear(*np.clip(paint, 20, 244))
    colours[Part.GLASS] = linear(26, 32, 38)
    colours[Part.DARK] = linear(38, 38, 40)
    colours[Part.RIM] = linear(158, 160, 164)
    colours[Part.PLATE] = linear(228, 228, 218)
    colours[Part.TAIL] = linear(150, 16, 22)
    colours[Part.HEAD] = linear(222, 226, 230)
    glows = np.zeros_like(colours)
    glows[Part.TAIL] = linear(255, 36, 30) * np.float32(0.06 + 0.9 * light.lamps)
    glows[Part.HEAD] = linear(255, 242, 214) * np.float32(0.1 + 1.8 * light.lamps)
    return colours, glows
