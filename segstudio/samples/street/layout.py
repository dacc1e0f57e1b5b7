"""What stands where along the street."""

from dataclasses import dataclass

import numpy as np

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera

END = 95.0
"""Depth in metres at which the street is closed off."""


@dataclass(frozen=True)
class House:
    """One house: metres along the street, its face at ``face`` metres from the road's middle.

    ``side`` is -1 left, 1 right; ``seed`` decides how it looks.
    """

    side: int
    near: float
    far: float
    face: float
    height: float
    seed: int


@dataclass(frozen=True)
class Layout:
    """The street's plan, metres.

    Attributes
    ----------
    half_road, pavement
        Half the road's width; the pavement's width on either side.
    traffic
        1 where cars keep to the right, -1 where they keep to the left.
    parking
        Width of the parking lane on either side, 0 without.
    houses
        In no order.
    """

    half_road: float
    pavement: float
    traffic: int
    parking: float
    houses: tuple[House, ...]

    @property
    def line(self) -> float:
        """Where houses begin: metres from the road's middle."""
        return self.half_road + self.pavement

    def skyline(self, side: int, z: Floats) -> Floats:
        """Height of the houses of one side at depths z; 0 in gaps."""
        heights = np.zeros_like(z)
        for house in self.houses:
            if house.side == side:
                heights[(z >= house.near) & (z < house.far)] = house.height
        return heights


def draw_camera(rng: np.random.Generator, height: int, width: int) -> Camera:
    """A place to stand and a direction to look."""
    return Camera(
        focal=width * rng.uniform(0.78, 1.0),
        centre_x=width * rng.uniform(0.34, 0.66),
        horizon=height * rng.uniform(0.43, 0.54),
        height=rng.uniform(1.5, 2.3),
        offset=rng.uniform(-3.2, 3.2),
        bend=rng.uniform(-0.0022, 0.0022) if rng.random() < 0.6 else 0.0,
    )


def draw_layout(rng: np.random.Generator) -> Layout:
    """A street with houses on both sides."""
    parking = 2.2 if rng.random() < 0.55 else 0.0
    half_road = rng.uniform(3.1, 3.9) + parking
    pavement = rng.uniform(2.6, 4.6)
    tall = rng.uniform(0.7, 1.45)
    houses = [
        house
        for side in (-1, 1)
        for house in _row(rng, side, half_road + pavement, tall * rng.uniform(0.75, 1.2))
    ]
    traffic = 1 if rng.random() < 0.6 else -1
    return Layout(half_road, pavement, traffic, parking, tuple(houses))


def _row(rng: np.random.Generator, side: int, line: float, tall: float) -> list[House]:
    houses = []
    z = rng.uniform(1.0, 5.0)
    gappy = rng.choice([0.12, 0.3, 0.6], p=[0.5, 0.35, 0.15])
    while z < END:
        length = rng.uniform(7.0, 17.0)
        floors = int(rng.integers(2, 6))
        height = (1.0 + floors * rng.uniform(2.9, 3.4)) * tall
        setback = rng.uniform(0.0, 1.6) if rng.random() < 0.3 else 0.0
        houses.append(
            House(side, z, z + length, line + setback, max(4.5, height), int(rng.integers(2**31)))
        )
        z += length
        if rng.random() < gappy:
            z += rng.uniform(2.5, 11.0)
    return houses
