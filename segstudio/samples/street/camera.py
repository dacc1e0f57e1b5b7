"""Where things of the street land in the picture."""

from dataclasses import dataclass

import numpy as np

from segstudio.samples.sample import Floats

NEAR = 1.2
"""Nearest depth in metres at which anything is drawn."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks down the street.

    Street coordinates are metres: x to the right of the road's middle, y up from the ground, z
    forward from the camera.

    Attributes
    ----------
    focal
        Focal length in picture pixels.
    centre_x, horizon
        Picture column and row of the point straight ahead.
    height
        Metres above the ground.
    offset
        Metres to the right of the road's middle.
    bend
        How the street curves: at depth z it has moved bend * z**2 metres to the right.
    """

    focal: float
    centre_x: float
    horizon: float
    height: float
    offset: float
    bend: float

    def project(self, points: Floats) -> Floats:
        """Picture points (N, 2) as (column, row) of street points (N, 3)."""
        z = np.maximum(points[:, 2], NEAR)
        x = points[:, 0] - self.offset + self.bend * z * z
        scale = self.focal / z
        return np.stack(
            [self.centre_x + x * scale, self.horizon + (self.height - points[:, 1]) * scale], axis=1
        ).astype(np.float32)

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Picture column and row of one street point."""
        column, row = self.project(np.array([[x, y, z]], np.float32))[0]
        return float(column), float(row)

    def scale(self, z: float) -> float:
        """Picture pixels per metre at a depth."""
        return self.focal / max(z, NEAR)

    def ground(self, shape: tuple[int, int]) -> tuple[int, Floats, Floats]:
        """Street coordinates of the ground under each pixel.

        Returns
        -------
        The first row below the horizon; x (h, W) and z (h, 1) of the rows from there on.
        """
        first = max(0, int(np.ceil(self.horizon + 0.5)))
        rows = np.arange(first, shape[0], dtype=np.float32)[:, None] + 0.5
        columns = np.arange(shape[1], dtype=np.float32)[None, :] + 0.5
        z = (self.focal * self.height / (rows - self.horizon)).astype(np.float32)
        x = (columns - self.centre_x) * (z / self.focal) + self.offset - self.bend * z * z
        return first, x.astype(np.float32), z
