"""Who and what is on the street: trees, cars, people and signs, each where it may stand."""

from itertools import pairwise

import numpy as np

from segstudio.samples.street.camera import Camera
from segstudio.samples.street.car import Car
from segstudio.samples.street.layout import END, Layout
from segstudio.samples.street.pedestrian import Pedestrian
from segstudio.samples.street.sign import KINDS, Sign
from segstudio.samples.street.tree import Tree

Thing = Tree | Car | Pedestrian | Sign
_SIDES = (-1, 1)


def settle(rng: np.random.Generator, layout: Layout, camera: Camera) -> list[Thing]:
    """Fill a street; nothing stands right before the camera."""
    things: list[Thing] = []
    for side in _SIDES:
        things += _avenue(rng, layout, side)
        things += _gardens(rng, layout, side)
        cars = [*_parked(rng, layout, side), *_driving(rng, layout, side)]
        things += [car for car in cars if car.z > 10 or abs(car.x - camera.offset) > 1.5]
    things += _walkers(rng, layout)
    things += _signs(rng, layout)
    return things


def _avenue(rng: np.random.Generator, layout: Layout, side: int) -> list[Tree]:
    """Trees in a row along the kerb, on most sides of most streets."""
    if rng.random() < 0.3:
        return []
    trees = []
    spacing = rng.uniform(8, 16)
    crown = min(rng.uniform(1.3, 2.5), layout.pavement * 0.62)
    z = rng.uniform(8, 16)
    while z < END * 0.8:
        if rng.random() < 0.85:
            grown = crown * rng.uniform(0.85, 1.15)
            x = side * (layout.half_road + rng.uniform(0.7, 1.0))
            trees.append(Tree(x, z, grown * 2 + rng.uniform(2.0, 3.0), grown, _seed(rng)))
        z += spacing * rng.uniform(0.85, 1.15)
    return trees


def _gardens(rng: np.random.Generator, layout: Layout, side: int) -> list[Tree]:
    """Trees and bushes in the gaps between houses."""
    trees = []
    row = sorted((h for h in layout.houses if h.side == side), key=lambda house: house.near)
    for before, after in pairwise(row):
        for _ in range(int((after.near - before.far) / 2.2)):
            crown = rng.uniform(1.1, 2.6)
            x = side * (layout.line + rng.uniform(1.5, 8.0))
            z = rng.uniform(before.far + 0.8, after.near)
            trees.append(Tree(x, z, crown * 2 + rng.uniform(-0.8, 3), crown, _seed(rng)))
    return trees


def _parked(rng: np.random.Generator, layout: Layout, side: int) -> list[Car]:
    if not layout.parking:
        return []
    cars = []
    full = rng.uniform(0.35, 0.85)
    z = rng.uniform(5.5, 9.5)
    while z < END * 0.75:
        if rng.random() < full:
            x = side * (layout.half_road - 1.08 + rng.uniform(-0.1, 0.12))
            cars.append(Car(x, z, _heading(layout, side) + rng.uniform(-0.03, 0.03), _seed(rng)))
        z += rng.uniform(5.6, 6.4)
    return cars


def _driving(rng: np.random.Generator, layout: Layout, side: int) -> list[Car]:
    cars = []
    lane = (layout.half_road - layout.parking) / 2
    z = rng.uniform(8, 30)
    while z < END * 0.8:
        x = side * lane + rng.uniform(-0.3, 0.3)
        cars.append(Car(x, z, _heading(layout, side) + rng.uniform(-0.06, 0.06), _seed(rng)))
        z += rng.uniform(9, 40)
    return cars


def _heading(layout: Layout, side: int) -> float:
    return 0.0 if side * layout.traffic > 0 else float(np.pi)


def _walkers(rng: np.random.Generator, layout: Layout) -> list[Pedestrian]:
    people: list[Pedestrian] = []
    for _ in range(int(rng.integers(6, 17))):
        if rng.random() < 0.16:  # crossing the road
            x, z = rng.uniform(-layout.half_road, layout.half_road), rng.uniform(9, 28)
        else:
            side = _SIDES[int(rng.integers(2))]
            x = side * (layout.half_road + rng.uniform(0.5, layout.pavement - 0.4))
            z = _depth(rng, 6.5, 38)
        for _ in range(1 + int(rng.random() < 0.25)):
            people.append(_person(rng, x, z, rng.uniform(1.55, 1.9)))
            x, z = x + rng.uniform(0.5, 0.75), z + rng.uniform(-0.3, 0.3)
    if rng.random() < 0.2:
        people.append(_person(rng, people[0].x + 0.45, people[0].z - 0.1, 1.15))  # a child
    return people


def _person(rng: np.random.Generator, x: float, z: float, height: float) -> Pedestrian:
    return Pedestrian(x, z, height, _SIDES[int(rng.integers(2))], _seed(rng))


def _signs(rng: np.random.Generator, layout: Layout) -> list[Sign]:
    return [
        Sign(
            x=_SIDES[int(rng.integers(2))] * (layout.half_road + rng.uniform(0.3, 0.6)),
            z=_depth(rng, 6.5, 27),
            size=rng.uniform(0.7, 1.0),
            height=rng.uniform(2.2, 3.0),
            kind=int(rng.integers(KINDS)),
            number=int(rng.integers(1000)),
        )
        for _ in range(int(rng.integers(3, 7)))
    ]


def _depth(rng: np.random.Generator, near: float, far: float) -> float:
    """A depth at which things appear as often large as small."""
    return float(np.exp(rng.uniform(np.log(near), np.log(far))))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
