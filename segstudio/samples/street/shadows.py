"""Shadows on the ground: drawn on a map of the street seen from above, then looked up."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats
from segstudio.samples.street.canvas import fixed_point
from segstudio.samples.street.layout import END, House
from segstudio.samples.street.light import Light

_PER_METRE = 10.0
_HALF_WIDTH = 22.0


class ShadowMap:
    """How much sun and sky reaches the ground.

    Attributes
    ----------
    sun
        (rows along z, columns along x) float32: 1 in the sun, 0 in full shadow.
    sky
        The same for the sky's light, which is missing under cars and at the foot of walls.
    """

    def __init__(self, light: Light) -> None:
        shape = (int((END + 10) * _PER_METRE), int(2 * _HALF_WIDTH * _PER_METRE))
        self.sun: Floats = np.ones(shape, np.float32)
        self.sky: Floats = np.ones(shape, np.float32)
        height = max(float(light.to_sun[1]), 0.12)
        self._throw = (-float(light.to_sun[0]) / height, -float(light.to_sun[2]) / height)

    def thrown(self, x: float, z: float, height: float) -> tuple[float, float]:
        """Where the shadow of a point at this height falls: (x, z)."""
        return x + self._throw[0] * height, z + self._throw[1] * height

    def add_house(self, house: House) -> None:
        """Shadow of a whole house, 12 m deep."""
        inner, outer = house.side * house.face, house.side * (house.face + 12.0)
        base = [(inner, house.near), (outer, house.near), (outer, house.far), (inner, house.far)]
        self.add_box(base, house.height)

    def add_box(self, base: list[tuple[float, float]], height: float) -> None:
        """Shadow of an upright box over a base polygon of (x, z)."""
        top = [self.thrown(x, z, height) for x, z in base]
        hull = cv2.convexHull(self._pixels(base + top))
        cv2.fillConvexPoly(self.sun, hull, 0.0, shift=4)

    def add_post(self, x: float, z: float, half: float, height: float) -> None:
        """Shadow of something slim and upright."""
        sides = ((-half, -half), (half, -half), (half, half), (-half, half))
        self.add_box([(x + a, z + b) for a, b in sides], height)

    def add_ball(self, x: float, z: float, height: float, radius: float, strength: float) -> None:
        """Shadow of a ball or crown around a point above (x, z)."""
        where = self.thrown(x, z, height)
        stretch = float(np.hypot(*self._throw))
        angle = float(np.degrees(np.arctan2(self._throw[1], self._throw[0])))
        centre = fixed_point(self._columns_rows([where]) + 0.5)[0]
        axes = (
            int(radius * np.hypot(1.0, stretch * 0.8) * _PER_METRE * 16),
            int(radius * _PER_METRE * 16),
        )
        cv2.ellipse(
            self.sun, centre.tolist(), axes, angle, 0, 360, 1.0 - strength, -1, cv2.LINE_8, 4
        )

    def add_contact(self, base: list[tuple[float, float]], strength: float) -> None:
        """Darkness under something that stands on the ground."""
        cv2.fillPoly(self.sky, [self._pixels(base)], 1.0 - strength, shift=4)

    def soften(self) -> None:
        """Give all shadows their soft edge; call once after the last was added."""
        cv2.GaussianBlur(self.sun, (0, 0), 0.9, self.sun)
        cv2.GaussianBlur(self.sky, (0, 0), 2.2, self.sky)

    def sample(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Sun and sky (h, W) at ground points x (h, W), z (h, 1)."""
        columns = (x + np.float32(_HALF_WIDTH)) * np.float32(_PER_METRE)
        rows = np.broadcast_to(z * np.float32(_PER_METRE), x.shape)
        maps = columns.astype(np.float32), rows.astype(np.float32)
        sun, sky = (
            cv2.remap(plane, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for plane in (self.sun, self.sky)
        )
        return np.asarray(sun, np.float32), np.asarray(sky, np.float32)

    def sunlit(self, x: float, z: float) -> float:
        """Sun at one ground point, 0 to 1."""
        row = int(np.clip(z * _PER_METRE, 0, self.sun.shape[0] - 1))
        column = int(np.clip((x + _HALF_WIDTH) * _PER_METRE, 0, self.sun.shape[1] - 1))
        return float(self.sun[row, column])

    def _columns_rows(self, points: list[tuple[float, float]]) -> Floats:
        array = np.array(points, np.float32)
        array[:, 0] += _HALF_WIDTH
        return array * np.float32(_PER_METRE)

    def _pixels(self, points: list[tuple[float, float]]) -> NDArray[np.int32]:
        return fixed_point(self._columns_rows(points))
