"""Cars as meshes: a profile drawn out to a body, with windows, wheels and lamps."""

from enum import IntEnum, auto
from functools import lru_cache
from itertools import pairwise

import numpy as np

from segstudio.samples.street.car_body import Body
from segstudio.samples.street.mesh import Facet, Mesh, Point

# Layers: tyres, body, what is on its flanks, wheels, cabin, glass, what is on its ends.
_TYRES, _BODY, _TRIM, _SEAMS, _WHEELS, _CABIN, _GLASS, _ENDS = range(8)
_RINGS = (  # a wheel from its arch to its hub: share of the radius, whether rim, tone, smallest
    (1.2, False, 0.4, 0),
    (1.0, False, 0.9, 0),
    (0.66, True, 1.0, 14),
    (0.5, True, 0.6, 30),
    (0.18, True, 1.2, 30),
)


class Part(IntEnum):
    """Rows of a car's colour table."""

    PAINT = 0
    GLASS = auto()
    DARK = auto()
    RIM = auto()
    PLATE = auto()
    TAIL = auto()
    HEAD = auto()


@lru_cache(maxsize=8)
def mesh(body: Body) -> Mesh:
    """The mesh of a body; its origin is the middle of the outline on the ground."""
    facets = [*_tyres(body), *_lower(body), *_cabin(body), *_rear(body), *_front(body)]
    for side in (-1.0, 1.0):
        facets += [*_flank(body, side), *_side_windows(body, side)]
    moved = [facet.moved(along=-body.length / 2) for facet in facets]
    return Mesh(moved, middle=(0.0, 0.62 * body.belt, 0.0))


def _drawn_in(body: Body, along: float) -> float:
    """Where a point of the profile lies at the flanks: corners are rounded off."""
    return along + (body.length / 2 - along) * 0.07


def _half_at(body: Body, up: float) -> float:
    """Half the cabin's width at a height."""
    share = min(1.0, max(0.0, (up - body.belt) / (body.roof - body.belt)))
    low = body.half - 0.05
    return low + (body.roof_half - low) * share


def _strip(body: Body, low: Point, high: Point) -> list[list[Point]]:
    """A strip across the body between two profile points (along, up, half), its edges bevelled."""
    rows = [
        [
            (_drawn_in(body, along), up, -half),
            (along, up, -half * 0.8),
            (along, up, half * 0.8),
            (_drawn_in(body, along), up, half),
        ]
        for along, up, half in (low, high)
    ]
    return [[rows[0][i], rows[0][i + 1], rows[1][i + 1], rows[1][i]] for i in range(3)]


def _lower(body: Body) -> list[Facet]:
    facets = []
    for (a0, u0), (a1, u1) in pairwise(body.lower):
        h0, h1 = (body.half * (0.93 if u < 0.3 else 1.0) for u in (u0, u1))
        bumper = max(u0, u1) < 0.42
        part, mirror = (Part.DARK, 0.02) if bumper else (Part.PAINT, 0.16)
        pieces = _strip(body, (a0, u0, h0), (a1, u1, h1))
        facets += [Facet(piece, part, _BODY, mirror=mirror) for piece in pieces]
    return facets


def _flank(body: Body, side: float) -> list[Facet]:
    edge = [(_drawn_in(body, along), up) for along, up in body.lower]
    shoulder, out = body.belt * 0.8, side * body.half
    upper = [(along, max(up, shoulder), out) for along, up in edge if up > 0.5]
    middle = [(along, min(up, shoulder), out) for along, up in edge]
    facets = [
        Facet(middle, Part.PAINT, _BODY, tone=0.93, mirror=0.07),
        Facet(upper, Part.PAINT, _TRIM, tone=1.06, mirror=0.17),
        Facet(_panel(edge[0][0], edge[-1][0], 0.23, 0.36, out), Part.DARK, _TRIM),
        *_doors(body, out),
    ]
    for along in body.wheels:
        facets += _wheel(body, along, out)
    return facets


def _panel(rear: float, front: float, low: float, high: float, out: float) -> list[Point]:
    """An upright rectangle on a flank."""
    return [(rear, low, out), (front, low, out), (front, high, out), (rear, high, out)]


def _doors(body: Body, out: float) -> list[Facet]:
    first, last = body.wheels
    middle, belt = (first + last) / 2, body.belt
    seams = [
        Facet(_panel(along, along + 0.025, 0.38, belt, out), Part.PAINT, _SEAMS, 0.4, smallest=28)
        for along in (first + 0.52, middle + 0.1, last - 0.42)
    ]
    handles = [
        Facet(
            _panel(along, along + 0.18, belt - 0.14, belt - 0.1, out),
            Part.DARK,
            _SEAMS,
            mirror=0.1,
            smallest=40,
        )
        for along in (first + 0.62, middle + 0.2)
    ]
    return [*seams, *handles]


def _wheel(body: Body, along: float, out: float) -> list[Facet]:
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    facets = []
    for share, rim, tone, smallest in _RINGS:
        across, up = share * body.wheel * np.cos(turns), share * body.wheel * np.sin(turns)
        disc = [
            (along + a, max(0.0, body.wheel + u), out)
            for a, u in zip(across.tolist(), up.tolist(), strict=True)
        ]
        part = Part.RIM if rim else Part.DARK
        facets.append(Facet(disc, part, _WHEELS, tone, smallest=smallest))
    return facets


def _tyres(body: Body) -> list[Facet]:
    """The tyres as seen from the front and the rear."""
    facets = []
    ends = (body.wheels[0] - body.wheel * 0.8, body.wheels[1] + body.wheel * 0.8)
    for along in ends:
        for side in (-1, 1):
            inner, outer = side * (body.half - 0.24), side * (body.half - 0.03)
            facets.append(_plate(along, (inner, outer), (0.0, 0.5), Part.DARK, 0.55, layer=_TYRES))
    return facets


def _cabin(body: Body) -> list[Facet]:
    facets = []
    for (a0, u0), (a1, u1) in pairwise(body.cabin):
        low, high = (a0, u0, _half_at(body, u0)), (a1, u1, _half_at(body, u1))
        pieces = _strip(body, low, high)
        facets += [Facet(piece, Part.PAINT, _CABIN, mirror=0.2) for piece in pieces]
    profile = list(body.cabin)
    screens = [profile[::-1]] if body.blind else [profile, profile[::-1]]
    for screen in screens:
        facets += _screen(body, *screen[:3])
    return facets


def _screen(
    body: Body, foot: tuple[float, float], middle: tuple[float, float], top: tuple[float, float]
) -> list[Facet]:
    """Rear or front window between profile points: two panes, the upper one mirroring more sky."""
    steps = ((foot, middle, 0.15), (foot, middle, 1.0), (middle, top, 0.82))
    rows = []
    for start, end, share in steps:
        along = start[0] + (end[0] - start[0]) * share
        up = start[1] + (end[1] - start[1]) * share
        half = _half_at(body, up) * 0.8
        rows.append([(along, up, -half), (along, up, half)])
    return [
        Facet([*low, *high[::-1]], Part.GLASS, _GLASS, mirror=mirror)
        for (low, high), mirror in zip(pairwise(rows), (0.12, 0.34), strict=True)
    ]


def _side_windows(body: Body, side: float) -> list[Facet]:
    low, high = body.belt + 0.04, body.roof - 0.1
    rear_low, rear_high = body.cabin[0][0] + 0.25, body.cabin[2][0] + 0.02
    front_low, front_high = body.cabin[-1][0] - 0.25, body.cabin[-3][0] + 0.02
    split = (rear_high + front_high) / 2 + 0.1
    if body.blind:
        panes = [(front_high - 0.55, front_low, front_high, front_high - 0.55)]
    else:
        panes = [
            (split + 0.04, front_low, front_high, split + 0.04),
            (rear_low, split - 0.04, split - 0.04, rear_high),
        ]
    wall = [(_drawn_in(body, along), up, side * _half_at(body, up)) for along, up in body.cabin]
    facets = [Facet(wall, Part.PAINT, _CABIN, tone=0.95, mirror=0.1)]
    for pane in panes:
        corners = zip(pane, (low, low, high, high), strict=True)
        points = [(along, up, side * _half_at(body, up)) for along, up in corners]
        facets.append(Facet(points, Part.GLASS, _GLASS, mirror=0.22))
    return facets


def _plate(
    along: float,
    across: tuple[float, float],
    up: tuple[float, float],
    part: Part,
    tone: float = 1.0,
    smallest: float = 0.0,
    layer: int = _ENDS,
) -> Facet:
    """An upright rectangle across the car."""
    (left, right), (low, high) = across, up
    corners = [(along, low, left), (along, low, right), (along, high, right), (along, high, left)]
    return Facet(corners, part, layer, tone, smallest=smallest)


def _rear(body: Body) -> list[Facet]:
    half, belt = body.half, body.belt
    lamps = [
        _plate(
            0.0,
            (side * half * inner, side * half * 0.95),
            (belt - 0.4, belt - 0.14),
            Part.TAIL,
            tone,
        )
        for side in (-1, 1)
        for inner, tone in ((0.62, 1.0), (0.8, 1.35))
    ]
    lid = (belt - 0.42, belt - 0.39)
    return [
        *lamps,
        _plate(0.0, (-half * 0.9, half * 0.9), (0.26, 0.42), Part.DARK),
        _plate(-0.01, (-half * 0.6, half * 0.6), lid, Part.PAINT, 0.45, 26),
        _plate(-0.02, (-0.26, 0.26), (0.5, 0.61), Part.PLATE, smallest=12),
    ]


def _front(body: Body) -> list[Facet]:
    half, front = body.half, body.length + 0.01
    low = body.lower[-4][1]
    lamps = [
        _plate(front - 0.02, (side * half * 0.56, side * half * 0.94), (low, low + 0.15), Part.HEAD)
        for side in (-1, 1)
    ]
    return [
        *lamps,
        _plate(front, (-half * 0.5, half * 0.5), (low - 0.02, low + 0.11), Part.DARK, 0.6),
        _plate(front, (-half * 0.85, half * 0.85), (0.26, 0.4), Part.DARK, 0.8),
        _plate(front + 0.01, (-0.26, 0.26), (0.42, 0.53), Part.PLATE, smallest=12),
    ]
