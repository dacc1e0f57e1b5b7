"""The face of a house, drawn flat: wall, windows, doors, shops, cornice."""

from dataclasses import dataclass

import cv2
import numpy as np

from segstudio.samples import noise
from segstudio.samples.sample import Floats
from segstudio.samples.street.light import linear
from segstudio.samples.street.wall import Spans, Wall

_BRICKS = ((150, 74, 58), (134, 82, 64), (168, 96, 72), (118, 70, 60), (156, 110, 84))
_PLASTERS = (
    (226, 212, 180), (214, 188, 150), (206, 164, 130), (198, 202, 204), (176, 190, 198),
    (188, 200, 176), (220, 196, 190), (160, 176, 196), (232, 228, 218), (206, 180, 120),
    (186, 120, 98), (214, 206, 196),
)  # fmt: skip
_GREYS = ((146, 146, 144), (124, 126, 130), (168, 160, 148), (110, 112, 116))
_TRIMS = ((236, 234, 228), (214, 206, 192), (70, 66, 64), (120, 84, 60), (60, 84, 76))
_ACCENTS = ((150, 36, 40), (30, 84, 60), (34, 62, 110), (196, 140, 44), (54, 52, 56), (104, 62, 88))
_GLASS = linear(38, 44, 52)
_IRON = linear(44, 46, 50)
_FINE = 11.0  # texture pixels per metre below which small parts are left out


@dataclass(frozen=True)
class FacadeStyle:
    """What the walls of one house have in common; colours linear RGB, lengths in metres.

    ``window`` is the window's share of a bay's width and of a storey's height.
    """

    wall: Floats
    trim: Floats
    accent: Floats
    brick: bool
    floor: float
    bay: float
    window: tuple[float, float]
    divided: bool
    shop: bool
    balconies: bool
    glassy: bool
    dirt: float


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What windows show: sky colour mirrored in glass, and how many lamps are on (0 to 1)."""

    mirrored: Floats
    lamps: float


def draw_style(rng: np.random.Generator) -> FacadeStyle:
    """A house's style."""
    brick = bool(rng.random() < 0.3)
    colours = _BRICKS if brick else (_GREYS if rng.random() < 0.25 else _PLASTERS)
    wall = np.array(colours[int(rng.integers(len(colours)))])
    glassy = bool(rng.random() < 0.1)
    return FacadeStyle(
        wall=linear(*np.clip(wall + rng.uniform(-16, 8) + rng.uniform(-6, 6, 3), 30, 245)),
        trim=linear(*_TRIMS[int(rng.choice(len(_TRIMS), p=[0.42, 0.22, 0.14, 0.12, 0.1]))]),
        accent=linear(*_ACCENTS[int(rng.integers(len(_ACCENTS)))]),
        brick=brick,
        floor=rng.uniform(2.9, 3.4),
        bay=rng.uniform(1.3, 1.7) if glassy else rng.uniform(1.9, 2.9),
        window=(0.88, 0.66) if glassy else (rng.uniform(0.4, 0.56), rng.uniform(0.48, 0.6)),
        divided=not glassy and bool(rng.random() < 0.65),
        shop=bool(rng.random() < 0.42),
        balconies=not glassy and bool(rng.random() < 0.18),
        glassy=glassy,
        dirt=rng.uniform(0.05, 0.35),
    )


def draw_facade(
    wall: Wall, style: FacadeStyle, around: Surroundings, rng: np.random.Generator
) -> None:
    """Draw the whole face of a house on a wall."""
    draw_plain(wall, style, rng)
    ground = 3.4 if style.shop else style.floor
    floors = max(1, int((wall.height - ground - 0.5) / style.floor))
    storey = (wall.height - ground - 0.55) / floors
    if style.shop:
        _shops(wall, style, ground, around, rng)
    else:
        _entrance(wall, style, ground, around, rng)
    sills = [
        ground + storey * (floor + (0.14 if style.glassy else 0.27)) for floor in range(floors)
    ]
    _windows(wall, style, sills, storey * style.window[1], around, rng)
    if style.balconies:
        _balconies(wall, style, [ground + storey * floor for floor in range(floors)])
    _cornice(wall, style)


def draw_plain(wall: Wall, style: FacadeStyle, rng: np.random.Generator) -> None:
    """Cover a wall with plaster or brick, with stains and dirt at its foot."""
    rows, columns = wall.albedo.shape[:2]
    stain = noise.crop(noise.fractal(21, 8, 5), rng, 48, 48, 0.75)
    value = 1.0 + style.dirt * 0.28 * cv2.resize(stain, (columns, rows))
    up = np.linspace(wall.height, 0.0, rows, dtype=np.float32)[:, None]
    value *= 1.0 - style.dirt * np.exp(-up / 0.9)
    if style.brick:
        # Doubled bricks, as one sees them from a street; averaged where they are tiny.
        shape = (max(1, int(wall.height / 0.15)), max(1, int(wall.width / 0.4)))
        bricks = rng.normal(1.0, 0.13, shape).astype(np.float32)
        value *= cv2.resize(bricks, (columns, rows), interpolation=cv2.INTER_AREA)
    cv2.merge([value * tone for tone in style.wall], wall.albedo)


def _windows(
    wall: Wall,
    style: FacadeStyle,
    sills: list[float],
    tall: float,
    around: Surroundings,
    rng: np.random.Generator,
    lit: float = 0.3,
) -> None:
    """Rows of windows with their sills (metres up), one above each other."""
    middles, step = _bays(wall, style)
    half = step * style.window[0] / 2
    panes = _around(middles, half)
    if not style.glassy:
        wide = _around(middles, half + 0.2)
        wall.grid_shade(wide, [(sill - 0.34, sill - 0.2) for sill in sills], 0.68)
        frame = [(sill - 0.1, sill + tall + 0.13) for sill in sills]
        wall.grid(_around(middles, half + 0.11), frame, style.trim)
        wall.grid(wide, [(sill - 0.2, sill - 0.08) for sill in sills], style.trim * np.float32(1.1))
    _glaze(wall, panes, [(sill, sill + tall) for sill in sills], around, rng, lit)
    wall.grid_shade(panes, [(sill + tall - 0.2, sill + tall) for sill in sills], 0.5)
    if wall.detail < _FINE:
        return
    if style.divided:
        wall.grid(_around(middles, 0.045), [(sill, sill + tall) for sill in sills], style.trim)
        cross = [(sill + tall * 0.66 - 0.04, sill + tall * 0.66 + 0.05) for sill in sills]
        wall.grid(panes, cross, style.trim)
    if style.glassy:
        wall.grid(panes, [(s + tall * 0.3 - 0.03, s + tall * 0.3 + 0.04) for s in sills], _IRON)


def _glaze(
    wall: Wall,
    across: Spans,
    up: Spans,
    around: Surroundings,
    rng: np.random.Generator,
    lit: float,
) -> None:
    """Glass: each pane its own darkness, mirrored sky above, some with curtains or lamps."""
    shape = (len(up), len(across), 1)
    dark = (_GLASS * rng.uniform(0.6, 1.5, shape)).astype(np.float32)
    lamp = rng.random(shape) < lit * around.lamps
    warm = linear(255, 204, 128) * rng.uniform(0.35, 1.0, shape)
    share = rng.uniform(0.03, 0.19, shape)
    split = rng.uniform(0.35, 0.7)
    upper = [(a + (b - a) * split, b) for a, b in up]
    for spans, more in ((up, 1.0), (upper, 1.7)):
        glow = np.where(lamp, warm, around.mirrored * share * more).astype(np.float32)
        wall.grid(across, spans, dark, glow)
    drawn = [span for span in across if rng.random() < 0.45]
    if drawn and wall.detail > _FINE / 2:
        width = rng.uniform(0.14, 0.3)
        cloth = linear(206, 198, 184) * np.float32(rng.uniform(0.3, 0.75))
        folds = [
            (end, end + (other - end) * width) for a, b in drawn for end, other in ((a, b), (b, a))
        ]
        sides = [(min(fold), max(fold)) for fold in folds]
        rows = [pair for pair in up if rng.random() < 0.6]
        if rows:
            wall.grid(sides, rows, cloth, around.mirrored * np.float32(0.05))


def _shops(
    wall: Wall, style: FacadeStyle, top: float, around: Surroundings, rng: np.random.Generator
) -> None:
    wall.box(0, 0, wall.width, top, style.wall * np.float32(0.62))
    units = max(1, round(wall.width / rng.uniform(4.5, 6.5)))
    unit = wall.width / units
    for index in range(units):
        colour = style.accent if index % 2 == 0 else style.accent[[1, 2, 0]] * np.float32(0.9)
        _shop(wall, index * unit + 0.25, (index + 1) * unit - 0.25, colour, around, rng)


def _shop(
    wall: Wall,
    left: float,
    right: float,
    colour: Floats,
    around: Surroundings,
    rng: np.random.Generator,
) -> None:
    wall.box(left, 0.0, right, 2.62, linear(52, 50, 52))
    panes = max(2, round((right - left) / 1.3))
    pane = (right - left) / panes
    spans = [(left + i * pane + 0.07, left + (i + 1) * pane - 0.07) for i in range(panes)]
    _glaze(wall, spans, [(0.5, 2.5)], around, rng, lit=0.7)
    door = spans[int(rng.integers(panes))]
    wall.box(door[0], 0.05, door[1], 0.5, linear(60, 58, 60))
    wall.box(left - 0.1, 2.62, right + 0.1, 3.2, colour)
    if wall.detail >= _FINE:
        _letters(wall, left, right, rng)
    if rng.random() < 0.4:
        _awning(wall, left, right, colour)


def _letters(wall: Wall, left: float, right: float, rng: np.random.Generator) -> None:
    length = rng.uniform(0.35, 0.6) * (right - left)
    start, count = (left + right - length) / 2, max(4, int(length / 0.3))
    step = length / count
    letters = [
        (start + i * step, start + (i + rng.uniform(0.45, 0.8)) * step) for i in range(count)
    ]
    wall.grid(letters, [(2.78, 3.04)], linear(232, 226, 210))


def _awning(wall: Wall, left: float, right: float, colour: Floats) -> None:
    stripes = max(4, round((right - left) / 0.45))
    step = (right - left) / stripes
    wall.box(left, 2.15, right, 2.75, linear(226, 220, 206))
    odd = [(left + i * step, left + (i + 1) * step) for i in range(0, stripes, 2)]
    wall.grid(odd, [(2.15, 2.75)], colour * np.float32(1.25))
    wall.shade(left, 1.75, right, 2.15, 0.55)


def _entrance(
    wall: Wall, style: FacadeStyle, top: float, around: Surroundings, rng: np.random.Generator
) -> None:
    wall.shade(0, 0, wall.width, 0.7, 0.72)
    _windows(wall, style, [0.95], top * 0.48, around, rng)
    middles, step = _bays(wall, style)
    middle = middles[int(rng.integers(len(middles)))]
    wall.box(middle - step * 0.48, 0.7, middle + step * 0.48, top - 0.2, style.wall)
    wall.box(middle - 0.72, 0, middle + 0.72, 2.62, style.trim)
    wall.box(middle - 0.55, 0, middle + 0.55, 2.1, style.accent * np.float32(0.8))
    wall.box(middle - 0.4, 1.1, middle + 0.4, 1.95, style.accent * np.float32(0.5))
    _glaze(wall, [(middle - 0.52, middle + 0.52)], [(2.16, 2.5)], around, rng, 0.6)
    wall.box(0, top - 0.12, wall.width, top + 0.06, style.trim * np.float32(0.85))
    wall.shade(0, top - 0.28, wall.width, top - 0.12, 0.75)


def _balconies(wall: Wall, style: FacadeStyle, floors: list[float]) -> None:
    middles, step = _bays(wall, style)
    odd = middles[1::2]
    if not odd:
        return
    slabs = _around(odd, step * 0.42)
    wall.grid_shade(slabs, [(up - 0.3, up) for up in floors], 0.55)
    wall.grid(slabs, [(up, up + 0.18) for up in floors], linear(150, 148, 144))
    rail = [(up + 0.98, up + 1.08) for up in floors]
    wall.grid(slabs, rail, _IRON)
    if wall.detail < _FINE:
        return
    bars = [(x, x + 0.05) for a, b in slabs for x in np.arange(a, b, 0.2)]
    wall.grid(bars, [(up + 0.18, up + 1.0) for up in floors], _IRON)


def _cornice(wall: Wall, style: FacadeStyle) -> None:
    top = wall.height
    wall.shade(0, top - 0.85, wall.width, top - 0.5, 0.7)
    wall.box(0, top - 0.5, wall.width, top, style.trim * np.float32(0.9))
    wall.box(0, top - 0.2, wall.width, top, style.trim * np.float32(1.08))


def _bays(wall: Wall, style: FacadeStyle) -> tuple[list[float], float]:
    """Middles of the window bays, and their spacing."""
    count = max(1, int((wall.width - 0.6) / style.bay))
    step = wall.width / count
    return [(bay + 0.5) * step for bay in range(count)], step


def _around(middles: list[float], half: float) -> Spans:
    return [(middle - half, middle + half) for middle in middles]
