"""Microscopy-like pictures of cells: stained or in bright field, crowded, out of focus, noisy."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.label_map import Ids
from segstudio.samples import noise
from segstudio.samples.sample import Floats, Sample

EDGE = 384
BACKGROUND, CELL, NUCLEUS = 0, 1, 2
CLASSES = ClassTable(
    (
        LabelClass(BACKGROUND, "background", (0, 60, 60), "1"),
        LabelClass(CELL, "cell", (230, 159, 0), "2"),
        LabelClass(NUCLEUS, "nucleus", (86, 180, 233), "3"),
    )
)
DEEP_EVERY = 8
"""Every so many pictures, one is 16 bit deep."""
_DEEP_FIRST = 3


@dataclass(frozen=True)
class _Slide:
    """How a whole picture was prepared and taken; light 0 to 1, lengths in pixels."""

    bright_field: bool
    hollow: bool
    radius: float
    crowding: int
    slender: float
    defocus: float
    photons: float
    background: float


@dataclass(frozen=True)
class _Cell:
    """One cell: place, radius, direction and length of its longer axis, light it gives."""

    x: float
    y: float
    radius: float
    angle: float
    stretch: float
    light: float
    dividing: bool


def draw_cells(seed: int, index: int) -> Sample:
    """Draw one picture of cells.

    Returns
    -------
    A 384x384 grey picture, uint8 or, for one in eight, uint16, and its ids in :data:`CLASSES`;
    the same numbers give the same.
    """
    rng = np.random.default_rng([seed, index, 2])
    slide = _draw_slide(rng)
    light = np.zeros((EDGE, EDGE), np.float32)
    ids = np.zeros((EDGE, EDGE), np.uint8)
    for cell in _settle(slide, rng):
        _add_cell(light, ids, cell, slide, rng)
    _add_debris(light, rng)
    deep = index % DEEP_EVERY == _DEEP_FIRST
    return Sample(_expose(light, slide, deep, rng), ids)


def _draw_slide(rng: np.random.Generator) -> _Slide:
    bright_field = bool(rng.random() < 0.25)
    return _Slide(
        bright_field=bright_field,
        hollow=not bright_field and bool(rng.random() < 0.3),
        radius=rng.uniform(20, 38),
        crowding=int(rng.integers(12, 44)),
        slender=rng.uniform(1.0, 2.1),
        defocus=rng.uniform(0.5, 2.2),
        photons=float(np.exp(rng.uniform(np.log(60), np.log(600)))),
        background=rng.uniform(0.02, 0.14),
    )


def _settle(slide: _Slide, rng: np.random.Generator) -> list[_Cell]:
    """Cells that may touch and overlap a little, but do not lie on each other."""
    cells: list[_Cell] = []
    for _ in range(slide.crowding * 4):
        cell = _Cell(
            x=rng.uniform(-10, EDGE + 10),
            y=rng.uniform(-10, EDGE + 10),
            radius=slide.radius * float(np.exp(rng.normal(0, 0.18))),
            angle=rng.uniform(0, np.pi),
            stretch=float(np.clip(slide.slender * np.exp(rng.normal(0, 0.15)), 1.0, 2.6)),
            light=float(np.exp(rng.uniform(np.log(0.2), np.log(0.9)))),
            dividing=bool(rng.random() < 0.06),
        )
        apart = all(
            np.hypot(cell.x - other.x, cell.y - other.y) > 0.8 * (cell.radius + other.radius)
            for other in cells
        )
        if apart and len(cells) < slide.crowding:
            cells.append(cell)
    return cells


def _add_cell(
    light: Floats, ids: Ids, cell: _Cell, slide: _Slide, rng: np.random.Generator
) -> None:
    reach = int(np.ceil(cell.radius * np.sqrt(cell.stretch) * 1.45)) + 2
    window = _window(cell.x, cell.y, reach)
    y, x = np.mgrid[window].astype(np.float32)
    if x.size == 0:
        return
    along, across = _turned(x - cell.x, y - cell.y, cell.angle)
    wide = np.float32(np.sqrt(cell.stretch))
    depth = _depth(along / wide, across * wide, cell.radius, 0.11 if cell.dividing else 0.2, rng)
    body = depth > 0
    texture = 1.0 + 0.16 * _fibres(along, across, rng)
    thickness = np.sqrt(np.clip(depth, 0, 1)) if not cell.dividing else np.clip(depth, 0, 1) ** 0.3
    # The membrane folds at the rim and takes up more stain.
    rim = 0.3 * np.exp(-(((depth - 0.06) / 0.05) ** 2))
    glow = cell.light * (0.3 + 0.62 * thickness + rim) * texture
    light[window] += np.where(body, glow, 0.0)
    np.copyto(ids[window], np.uint8(CELL), where=body & (ids[window] != NUCLEUS))
    _add_nucleus(light[window], ids[window], along, across, body, cell, slide, rng)


def _add_nucleus(
    light: Floats,
    ids: Ids,
    along: Floats,
    across: Floats,
    body: NDArray[np.bool_],
    cell: _Cell,
    slide: _Slide,
    rng: np.random.Generator,
) -> None:
    size = cell.radius * rng.uniform(0.38, 0.53)
    drift = rng.normal(0, cell.radius * 0.09, 2)
    turn = rng.normal(0, 0.3)
    u, v = _turned(along - drift[0], across - drift[1], turn)
    wide = np.float32(np.clip(cell.stretch**0.4 * rng.uniform(0.95, 1.15), 1.0, 1.7))
    depth = _depth(u / np.sqrt(wide), v * np.sqrt(wide), size, 0.07, rng)
    inside = (depth > 0) & body
    chromatin = 1.0 + 0.2 * _grains(light.shape, rng)
    strength = rng.uniform(0.8, 1.5) * (1.5 if cell.dividing else 1.0)
    profile = np.clip(depth * 2.2, 0, 1) ** 0.5
    if slide.hollow:
        light[inside] *= (1.0 - (0.7 * profile * np.clip(chromatin, 0.8, 1.2)))[inside]
    else:
        light[inside] += (cell.light * strength * profile * chromatin)[inside]
    for _ in range(int(rng.integers(1, 4))):
        out, direction = size * rng.uniform(0, 0.55), rng.uniform(0, 2 * np.pi)
        spot = np.hypot(u - out * np.cos(direction), v - out * np.sin(direction))
        factor = 1.0 + (0.5 if slide.hollow else -0.4) * np.exp(-((spot / (size * 0.17)) ** 2))
        light[inside] *= factor[inside]
    ids[inside] = NUCLEUS


def _depth(x: Floats, y: Floats, radius: float, ragged: float, rng: np.random.Generator) -> Floats:
    """1 in the middle of a rounded shape, 0 on its outline, negative outside."""
    angle, distance = np.arctan2(y, x), np.hypot(x, y)
    outline = np.ones_like(angle)
    for wave in range(2, 7):
        outline += ragged / wave * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    return np.asarray(1.0 - distance / (radius * np.clip(outline, 0.6, 1.4)), np.float32)


def _turned(x: Floats, y: Floats, angle: float) -> tuple[Floats, Floats]:
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cosine + y * sine, y * cosine - x * sine


def _fibres(along: Floats, across: Floats, rng: np.random.Generator) -> Floats:
    shift = rng.uniform(0, noise.SIZE, 2).astype(np.float32)
    return noise.look_up(
        noise.fractal(41, 64, 3), along * np.float32(0.6) + shift[0], across * 2 + shift[1]
    )


def _grains(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    return noise.crop(noise.fractal(42, 64, 2), rng, shape[0], shape[1], 0.9)


def _window(x: float, y: float, reach: int) -> tuple[slice, slice]:
    rows, columns = (
        slice(max(0, int(centre) - reach), max(0, min(EDGE, int(centre) + reach + 1)))
        for centre in (y, x)
    )
    return rows, columns


def _add_debris(light: Floats, rng: np.random.Generator) -> None:
    """Specks, and dirt far out of focus: bright, but no cells."""
    for _ in range(int(rng.integers(6, 40))):
        x, y = rng.uniform(0, EDGE, 2)
        size = float(np.exp(rng.uniform(np.log(0.8), np.log(3.0))))
        _add_blob(light, x, y, size, rng.uniform(0.15, 1.2))
    for _ in range(int(rng.integers(0, 5))):
        x, y = rng.uniform(0, EDGE, 2)
        _add_blob(light, x, y, rng.uniform(10, 30), rng.uniform(0.06, 0.3))


def _add_blob(light: Floats, x: float, y: float, size: float, strength: float) -> None:
    window = _window(x, y, int(size * 3) + 1)
    rows, columns = np.mgrid[window].astype(np.float32)
    light[window] += strength * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * size**2))


def _expose(
    light: Floats, slide: _Slide, deep: bool, rng: np.random.Generator
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """What the camera makes of the light: focus, lamp, shot noise, read noise, digits."""
    sharp = np.asarray(cv2.GaussianBlur(light, (0, 0), slide.defocus), np.float32)
    scattered = np.asarray(cv2.GaussianBlur(light, (0, 0), 14.0), np.float32)
    sharp += np.float32(0.1) * scattered
    lamp = _lamp(rng)
    haze = slide.background * (1.0 + 0.25 * noise.crop(noise.fractal(43, 8, 3), rng, EDGE, EDGE, 2))
    seen = (
        np.exp(-0.75 * sharp) * (1 - haze) * lamp if slide.bright_field else (sharp + haze) * lamp
    )
    # Fine shades stay apart in the dark while the brightest cells do not burn out.
    seen = seen / float(np.percentile(seen, 99.7)) * rng.uniform(0.8, 1.0)
    counts = rng.poisson(np.clip(seen, 0, None) * slide.photons).astype(np.float32)
    seen = counts / np.float32(slide.photons) + rng.normal(0, 0.008, seen.shape)
    if deep:
        return np.asarray(np.clip(seen * 18000 + 600, 0, 65535), np.uint16)
    return np.asarray(np.clip(seen * 235 + 8, 0, 255), np.uint8)


def _lamp(rng: np.random.Generator) -> Floats:
    """Uneven light over the field: a broad spot beside the middle."""
    y, x = np.mgrid[0:EDGE, 0:EDGE].astype(np.float32) / EDGE - 0.5
    dx, dy = rng.uniform(-0.3, 0.3, 2)
    spot = np.exp(-((x - dx) ** 2 + (y - dy) ** 2) / (2 * rng.uniform(0.45, 0.9) ** 2))
    return np.asarray(spot, np.float32)
