"""Road and pavements: asphalt, markings, kerbs, slabs, with shadows on them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples import noise
from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.layout import Layout
from segstudio.samples.street.light import HAZE, Light, linear
from segstudio.samples.street.shadows import ShadowMap

_KERB = 0.16


@dataclass(frozen=True, eq=False)
class _Spot:
    """Pieces of ground, (N,) each: street x and z, fine grain and broad stains around 0."""

    x: Floats
    z: Floats
    fine: Floats
    broad: Floats


@dataclass(frozen=True)
class _Mend:
    """A manhole cover, where ``long`` is 0, or a patch of newer asphalt; metres."""

    x: float
    z: float
    wide: float
    long: float
    tone: float

    def darken(self, value: Floats, spot: _Spot) -> None:
        """Change the asphalt's brightness (N,) where the mend is."""
        x, z = np.abs(spot.x - self.x), np.abs(spot.z - self.z)
        if self.long:
            inside = np.flatnonzero((x < self.wide) & (z < self.long))
            seam = (x[inside] > self.wide - 0.06) | (z[inside] > self.long - 0.1)
        else:
            radius = np.hypot(x, z)
            inside = np.flatnonzero(radius < 0.36)
            seam = radius[inside] > 0.3
        value[inside] *= np.where(seam, np.float32(0.62), np.float32(self.tone))


@dataclass(frozen=True)
class GroundStyle:
    """Colours and marks of the ground; ``crossing`` is the depth of a zebra crossing or 0."""

    asphalt: Floats
    slab: Floats
    slab_size: float
    yellow: bool
    edge_lines: bool
    crossing: float
    wear: float
    mends: tuple[_Mend, ...]


def draw_style(rng: np.random.Generator) -> GroundStyle:
    """How this street is paved."""
    grey = rng.uniform(74, 122)
    warm = rng.uniform(-4, 6)
    slabs = ((168, 164, 156), (150, 150, 152), (176, 150, 132), (136, 128, 120), (158, 140, 134))
    slab = np.array(slabs[int(rng.integers(len(slabs)))]) + rng.uniform(-14, 10)
    return GroundStyle(
        asphalt=linear(grey + warm, grey + warm * 0.3, grey - warm * 0.4),
        slab=linear(*slab),
        slab_size=rng.uniform(0.5, 1.1),
        yellow=bool(rng.random() < 0.2),
        edge_lines=bool(rng.random() < 0.5),
        crossing=rng.uniform(9, 26) if rng.random() < 0.5 else 0.0,
        wear=rng.uniform(0.0, 0.7),
        mends=tuple(_draw_mend(rng) for _ in range(int(rng.integers(2, 9)))),
    )


def _draw_mend(rng: np.random.Generator) -> _Mend:
    x, z = rng.uniform(-3.5, 3.5), float(np.exp(rng.uniform(np.log(5), np.log(32))))
    if rng.random() < 0.45:
        return _Mend(x, z, 0.36, 0.0, rng.uniform(0.7, 0.9))
    return _Mend(x, z, rng.uniform(0.4, 1.3), rng.uniform(0.5, 4.0), rng.uniform(0.74, 0.93))


def paint_ground(
    canvas: Canvas,
    camera: Camera,
    light: Light,
    layout: Layout,
    style: GroundStyle,
    shadows: ShadowMap,
    rng: np.random.Generator,
) -> None:
    """Fill everything below the horizon."""
    first, x, z = camera.ground(canvas.shape)
    road = np.abs(x) < layout.half_road
    fine, broad = _grain(x, z, rng)
    albedo = np.empty((3, *x.shape), np.float32)
    depth = np.broadcast_to(z, x.shape)
    for where, pave in ((road, _asphalt), (~road, _paving)):
        spot = _Spot(x[where], depth[where], fine[where], broad[where])
        albedo[:, where] = pave(spot, style, layout)
    sun, sky = shadows.sample(x, z)
    sun *= sky * np.float32(light.to_sun[1])
    clear = np.exp(-z / np.float32(light.haze_depth))
    veil = HAZE * (1 - clear)
    planes = [
        albedo[c] * (light.ambient[c] * sky + light.sun[c] * sun) * clear + light.low[c] * veil
        for c in range(3)
    ]
    canvas.picture[first:] = cv2.merge(planes)
    canvas.ids[first:] = np.where(road, np.uint8(Street.ROAD), np.uint8(Street.PAVEMENT))


def _grain(x: Floats, z: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Fine grain that fades with distance, and broad stains."""
    shift = rng.uniform(0, noise.SIZE, 2).astype(np.float32)
    z_all = np.broadcast_to(z, x.shape)
    fine = noise.look_up(noise.fractal(11, 64, 3), x * 110 + shift[0], z_all * 110 + shift[1])
    broad = noise.look_up(noise.fractal(12, 16, 5), x * 34 + shift[1], z_all * 6 + shift[0])
    return fine * np.clip(5.0 / z, 0.06, 1.0).astype(np.float32), broad


def _asphalt(spot: _Spot, style: GroundStyle, layout: Layout) -> Floats:
    """Albedo (3, N) of the road."""
    across = np.abs(spot.x)
    lane = layout.half_road - layout.parking
    # Tyres polish two tracks in each lane; oil darkens the middle between them.
    tracks = np.cos((across / lane - 0.5) * (4 * np.pi))
    value = 1.0 + 0.1 * spot.fine + 0.05 * spot.broad + 0.05 * tracks
    for mend in style.mends:
        mend.darken(value, spot)
    gutter = np.clip((layout.half_road - across) / 0.35, 0.0, 1.0)
    surface = style.asphalt[:, None] * (value * (0.72 + 0.28 * gutter))
    marked = np.flatnonzero(_markings(spot, style, layout))
    wear = style.wear * (0.45 + 0.45 * spot.broad[marked] + 0.2 * spot.fine[marked])
    worn = np.clip(1.0 - wear, 0.15, 1.0)
    crossing = style.crossing and np.abs(spot.z[marked] - style.crossing - 1.5) < 3.1
    yellow = (across[marked] < 0.2) & np.logical_not(crossing) & style.yellow
    paint = np.where(yellow, linear(226, 176, 60)[:, None], linear(226, 226, 220)[:, None])
    surface[:, marked] += (paint - surface[:, marked]) * worn
    return surface


def _markings(spot: _Spot, style: GroundStyle, layout: Layout) -> NDArray[np.bool_]:
    lane = layout.half_road - layout.parking
    x, z, across = spot.x, spot.z, np.abs(spot.x)
    if style.yellow:
        marks = (across > 0.06) & (across < 0.17)
    else:
        marks = (_part(z / 6.0) < 0.5) & (across < 0.075)
    if style.edge_lines:
        marks |= np.abs(across - lane + 0.12) < 0.06
    if layout.parking:
        marks |= np.abs(across - lane) < 0.055
        marks |= (_part(z / 5.6) < 0.02) & (across > lane)
    if style.crossing:
        near = z - style.crossing
        marks &= (near < -1.6) | (near > 4.6)
        stripes = (_part(x + 0.25) < 0.52) & (across < lane + 1.6)
        marks |= (near > 0) & (near < 3.0) & stripes
        marks |= (near > -1.4) & (near < -1.05) & (x * layout.traffic > 0.1) & (across < lane)
    return marks


def _paving(spot: _Spot, style: GroundStyle, layout: Layout) -> Floats:
    """Albedo (3, N) of pavements and kerbs."""
    size, gap = style.slab_size, 0.035
    across = np.abs(spot.x)
    column = np.floor(across / size)
    along = spot.z / (size * 1.5) + 0.5 * (column - 2.0 * np.floor(column / 2.0))
    fade = np.clip(14.0 / spot.z, 0.0, 1.0)
    joints = (across - column * size < gap) | (_part(along) < gap / (size * 1.5))
    value = 1.0 + 0.06 * (spot.fine + spot.broad)
    value += fade * (0.12 * _slab_tone(column, np.floor(along)) - np.float32(0.28) * joints)
    # Dirt gathers at the foot of the houses.
    value *= 0.8 + 0.2 * np.clip((layout.line + 0.3 - across) / 0.8, 0.0, 1.0)
    surface = style.slab[:, None] * value
    edge = across - layout.half_road
    kerb = np.flatnonzero(edge < _KERB)
    face = np.where(edge[kerb] < 0.06, np.float32(0.55), np.float32(1.12))
    face *= np.where(_part(spot.z[kerb]) < 0.03, np.float32(0.75), np.float32(1.0))
    surface[:, kerb] = linear(176, 174, 170)[:, None] * (face * (1.0 + 0.05 * spot.fine[kerb]))
    return surface


def _slab_tone(column: Floats, row: Floats) -> Floats:
    """A tone of each slab's own, -0.5 to 0.5."""
    number = column.astype(np.int32) * 37 + row.astype(np.int32) * 101
    return (number * 2654435 % 1024 / np.float32(1024) - np.float32(0.5)).astype(np.float32)


def _part(values: Floats) -> Floats:
    """What is left after the whole part; quicker than a modulo."""
    return values - np.floor(values)
