"""People on foot: limbs, clothes, a walking pose."""

from dataclasses import dataclass

import numpy as np

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.light import Light, linear
from segstudio.samples.street.shadows import ShadowMap

_CLOTHES = (
    (40, 44, 56), (70, 74, 82), (150, 150, 150), (200, 196, 186), (140, 40, 44), (46, 74, 130),
    (62, 100, 70), (186, 140, 60), (110, 60, 100), (206, 110, 60), (90, 120, 150), (28, 28, 30),
    (120, 96, 74),
)  # fmt: skip
_TROUSERS = (
    (38, 44, 62),
    (56, 70, 104),
    (30, 30, 32),
    (110, 98, 80),
    (84, 84, 88),
    (150, 140, 120),
)
_SKINS = ((236, 196, 170), (214, 164, 132), (170, 120, 88), (120, 80, 58), (90, 58, 44))
_SHOES = linear(38, 34, 34)
_Point = tuple[float, float]
_HAIRS = ((30, 24, 22), (70, 48, 34), (120, 84, 50), (180, 150, 100), (150, 150, 150))


@dataclass(frozen=True)
class Pedestrian:
    """A person in metres; ``facing`` is -1 or 1, the side a walker goes to."""

    x: float
    z: float
    height: float
    facing: int
    seed: int

    def cast(self, shadows: ShadowMap) -> None:
        """Lay the person's shadow on the ground."""
        shadows.add_post(self.x, self.z, 0.17, self.height * 0.95)
        feet = ((-0.3, -0.2), (0.3, -0.2), (0.3, 0.2), (-0.3, 0.2))
        shadows.add_contact([(self.x + a, self.z + b) for a, b in feet], 0.7)


def paint_pedestrian(
    canvas: Canvas, camera: Camera, light: Light, person: Pedestrian, sunlit: float
) -> None:
    """Paint one person."""
    _Painter(canvas, camera, light, person, sunlit).paint()


class _Painter:
    """Draws in a body's own measure: 1.0 is its height, feet at 0, x to the walker's front."""

    def __init__(
        self, canvas: Canvas, camera: Camera, light: Light, person: Pedestrian, sunlit: float
    ) -> None:
        self._canvas, self._light, self._person = canvas, light, person
        self._foot = np.array(camera.at(person.x, 0.0, person.z))
        self._scale = camera.scale(person.z) * person.height
        self._sunlit = sunlit
        self._rng = np.random.default_rng(person.seed)
        self._sunny_side = float(np.sign(light.to_sun[0]) or 1.0)

    def paint(self) -> None:
        """Far leg and arm, near leg, trunk, near arm, head."""
        rng = self._rng
        jacket, trousers = self._colour(_CLOTHES), self._colour(_TROUSERS)
        skin, hair = self._colour(_SKINS), self._colour(_HAIRS)
        stride, broad = rng.uniform(0.02, 0.13), rng.uniform(0.88, 1.12)
        swing = stride * 0.8
        self._leg(-stride, 0.075 * broad, trousers, 0.75)
        back = [(-0.02, 0.8), (-swing * 0.7, 0.64), (-swing * 0.6 + 0.02, 0.5)]
        self._limb(back, 0.055 * broad, jacket, 0.72)
        self._leg(stride, 0.08 * broad, trousers, 1.0)
        self._trunk(jacket, broad, hem=0.36 if rng.random() < 0.3 else 0.48)
        if rng.random() < 0.35:
            self._bag()
        self._limb([(0.0, 0.8), (swing * 0.6, 0.64), (swing, 0.5)], 0.058 * broad, jacket, 1.08)
        self._oval((swing, 0.485), 0.026, 0.026, skin)
        self._limb([(0.01, 0.84), (0.012, 0.89)], 0.05, skin, 0.8)
        self._head(skin, hair)

    def _leg(self, foot: float, width: float, trousers: Floats, tone: float) -> None:
        knee = foot * (0.6 if foot > 0 else 0.5) + 0.015
        self._limb([(0.0, 0.5), (knee, 0.27), (foot, 0.035)], width, trousers, tone)
        sole = [(foot - 0.035, 0.0), (foot + 0.075, 0.0), (foot + 0.06, 0.03), (foot - 0.03, 0.045)]
        self._shape(sole, _SHOES)

    def _trunk(self, jacket: Floats, broad: float, hem: float) -> None:
        right = [(0.085, hem), (0.1, 0.62), (0.115, 0.78), (0.085, 0.835)]
        left = [(-x, y) for x, y in right[::-1]]
        self._shape([(x * broad, y) for x, y in [*right, (0.0, 0.85), *left]], jacket)
        side = self._sunny_side * self._person.facing * broad
        lit = [(0.02, hem), *right, (0.035, 0.82)]
        self._shape([(x * side, y) for x, y in lit], jacket, 1.25, sunny=True)

    def _head(self, skin: Floats, hair: Floats) -> None:
        self._oval((0.012, 0.925), 0.05, 0.066, skin)
        cap = np.linspace(0.1, np.pi + 0.5, 10)
        self._shape(_arc((0.012, 0.935), 0.056, 0.068, cap), hair)
        if self._rng.random() < 0.35:
            self._shape([(-0.05, 0.95), (-0.06, 0.82), (-0.01, 0.83), (-0.005, 0.94)], hair, 0.9)

    def _bag(self) -> None:
        colour = self._colour(_CLOTHES)
        if self._rng.random() < 0.5:
            self._shape([(-0.16, 0.6), (-0.07, 0.58), (-0.07, 0.8), (-0.15, 0.8)], colour, 0.9)
        else:
            self._shape([(0.02, 0.42), (0.14, 0.42), (0.13, 0.53), (0.03, 0.53)], colour)

    def _oval(self, centre: _Point, across: float, up: float, colour: Floats) -> None:
        self._shape(_arc(centre, across, up, np.linspace(0, 2 * np.pi, 14)), colour)

    def _limb(self, path: list[_Point], width: float, colour: Floats, tone: float) -> None:
        shade = self._lit(colour, tone, sunny=False)
        self._canvas.stroke(self._placed(path), width * self._scale, shade, Street.PEDESTRIAN)

    def _shape(
        self, outline: list[_Point], colour: Floats, tone: float = 1.0, sunny: bool = False
    ) -> None:
        shade = self._lit(colour, tone, sunny)
        self._canvas.polygon(self._placed(outline), shade, Street.PEDESTRIAN)

    def _placed(self, path: list[_Point]) -> Floats:
        """Picture points of a path on the body."""
        scale = np.array([self._person.facing * self._scale, -self._scale])
        return np.asarray(self._foot + np.array(path) * scale, np.float32)

    def _lit(self, colour: Floats, tone: float, sunny: bool) -> Floats:
        side = self._sunny_side
        normal = (side * 0.8, 0.3, -0.5) if sunny else (side * 0.2, 0.3, -0.93)
        lit = colour * self._light.on(normal, self._sunlit) * np.float32(tone)
        return self._light.hazed(lit, self._person.z)

    def _colour(self, choices: tuple[tuple[int, int, int], ...]) -> Floats:
        base = np.array(choices[int(self._rng.integers(len(choices)))])
        return linear(*np.clip(base + self._rng.uniform(-14, 14), 12, 244))


def _arc(centre: _Point, across: float, up: float, turns: Floats) -> list[_Point]:
    x, y = centre[0] + across * np.cos(turns), centre[1] + up * np.sin(turns)
    return list(zip(x.tolist(), y.tolist(), strict=True))
