"""Houses in perspective: face to the street, end wall, roof, chimneys."""

import cv2
import numpy as np

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street, polygon_mask
from segstudio.samples.street.facade import (
    FacadeStyle,
    Surroundings,
    draw_facade,
    draw_plain,
    draw_style,
)
from segstudio.samples.street.layout import House, Layout
from segstudio.samples.street.light import Light, linear
from segstudio.samples.street.wall import Wall

_DEPTH = 11.0  # metres from face to back
_LARGEST_TEXTURE = 560
_TILES = ((92, 60, 52), (70, 72, 78), (120, 78, 60), (58, 60, 64))
_Normal = tuple[float, float, float]


class Builder:
    """Paints the houses of one scene."""

    def __init__(self, canvas: Canvas, camera: Camera, light: Light, layout: Layout) -> None:
        self._canvas, self._camera, self._light, self._layout = canvas, camera, light, layout
        mirrored = (light.low * np.float32(0.75) + light.zenith * np.float32(0.25)).astype(
            np.float32
        )
        self._around = Surroundings(mirrored, light.lamps)

    def paint(self, house: House) -> None:
        """Paint one house over what lies behind it."""
        rng = np.random.default_rng(house.seed)
        style = draw_style(rng)
        near = max(house.near, self._first_visible(house))
        if near > house.far - 0.5:
            return
        self._paint_roof(house, near, rng)
        self._paint_end(house, near, style, rng)
        self._paint_face(house, near, style, rng)

    def _first_visible(self, house: House) -> float:
        """Depth at which the house's face enters the picture, a little before."""
        camera, width = self._camera, self._canvas.shape[1]
        x = house.side * house.face - camera.offset
        edge = (width if house.side > 0 else 0) - camera.centre_x
        return float(np.clip(0.85 * camera.focal * x / edge, 2.0, 40.0)) if x * edge > 0 else 2.0

    def _paint_end(
        self, house: House, near: float, style: FacadeStyle, rng: np.random.Generator
    ) -> None:
        """The wall towards the camera; blind where another house leans on it."""
        nearer = next(
            (h for h in self._layout.houses if h.side == house.side and h.far == house.near), None
        )
        if nearer and nearer.height >= house.height and nearer.face <= house.face:
            return
        inner, outer = house.side * house.face, house.side * (house.face + _DEPTH)
        base = np.array([[min(inner, outer), near], [max(inner, outer), near]])
        blind = nearer is not None or style.shop
        wall = self._wall(base, house.height, fineness=0.4 if blind else 1.0)
        if wall is None:
            return
        if blind:
            draw_plain(wall, style, rng)
        else:
            draw_facade(wall, style, self._around, rng)
        normal = (0.0, 0.0, -1.0)
        facing = max(0.0, -float(self._light.to_sun[2]))
        sunlit = np.full((1, 1), facing, np.float32)
        self._lay(self._lit(wall, normal, sunlit, near), base, house.height)

    def _paint_face(
        self, house: House, near: float, style: FacadeStyle, rng: np.random.Generator
    ) -> None:
        """The wall towards the street."""
        inner = house.side * house.face
        depths = (house.far, near) if house.side > 0 else (near, house.far)
        base = np.array([[inner, depths[0]], [inner, depths[1]]])
        wall = self._wall(base, house.height)
        if wall is None:
            return
        draw_facade(wall, style, self._around, rng)
        normal = (-float(house.side), 0.0, 0.0)
        sunlit = self._sunlit(wall, house, base)
        lit = self._lit(wall, normal, sunlit, float(base[:, 1].mean()))
        self._lay(lit, base, house.height)

    def _wall(self, base: Floats, height: float, fineness: float = 1.0) -> Wall | None:
        """An empty wall, with fineness 1 as fine as it is seen; None where it is not seen.

        ``base`` holds x and z of its left and right end.
        """
        quad = self._quad(base, height)
        if quad[1, 0] - quad[0, 0] < 1 or quad[1, 0] < 0 or quad[0, 0] > self._canvas.shape[1]:
            return None
        length = float(np.hypot(*(base[1] - base[0])))
        seen = 1.3 * (quad[1, 0] - quad[0, 0]), self._camera.scale(base[:, 1].min()) * height
        wide, tall = np.clip(np.array(seen) * fineness, 6, _LARGEST_TEXTURE).astype(int).tolist()
        return Wall(length, height, wide, tall)

    def _quad(self, base: Floats, height: float) -> Floats:
        """Picture corners of a wall: lower left, lower right, upper right, upper left."""
        (x0, z0), (x1, z1) = base
        corners = [[x0, 0, z0], [x1, 0, z1], [x1, height, z1], [x0, height, z0]]
        return self._camera.project(np.array(corners, np.float32))

    def _lit(self, wall: Wall, normal: _Normal, sunlit: Floats, depth: float) -> Floats:
        """The wall (h, w, 3) in the light and through the air over depth metres.

        ``sunlit`` is (h, w), or (1, 1) for the whole wall: sun on it, 0 to 1.
        """
        shade = self._light.on(normal, 0.0)
        if sunlit.size == 1:
            shade = shade + self._light.sun * sunlit[0]
        matrix = self._light.through_air(np.diag(shade), depth)
        lit = cv2.transform(wall.albedo, matrix)
        if sunlit.size > 1:
            sun = [sunlit * tone for tone in matrix[:, :3] @ (self._light.sun / shade)]
            cv2.accumulateProduct(wall.albedo, cv2.merge(sun), lit)
        cv2.scaleAdd(wall.glow, float(np.exp(-depth / self._light.haze_depth)), lit, lit)
        return np.asarray(lit, np.float32)

    def _sunlit(self, wall: Wall, house: House, base: Floats) -> Floats:
        """Sun (h, w) on a face that the houses across the street may shade."""
        to_sun = self._light.to_sun
        facing = -house.side * float(to_sun[0])
        if facing <= 0:
            return np.zeros((1, 1), np.float32)
        rows, columns = wall.albedo.shape[:2]
        reach = (2 * house.face) / facing
        z = np.linspace(base[0, 1], base[1, 1], columns, dtype=np.float32)
        across = self._layout.skyline(-house.side, z + np.float32(to_sun[2] * reach))
        edge = across - np.float32(to_sun[1] * reach)
        up = np.linspace(wall.height, 0, rows, dtype=np.float32)[:, None]
        return np.clip((up - edge[None, :]) * 4.0 + 0.5, 0.0, 1.0) * np.float32(facing)

    def _lay(self, texture: Floats, base: Floats, height: float) -> None:
        """Put a wall's texture in its place."""
        quad = self._quad(base, height)
        rows, columns = self._canvas.shape
        left, top = np.maximum(np.floor(quad.min(axis=0)), 0).astype(int).tolist()
        right = min(columns, int(np.ceil(quad[:, 0].max())) + 1)
        bottom = min(rows, int(np.ceil(quad[:, 1].max())) + 1)
        if right <= left or bottom <= top:
            return
        high, wide = texture.shape[:2]
        source = np.array([[0, high], [wide, high], [wide, 0], [0, 0]], np.float32)
        corners = quad - np.array([left, top], np.float32)
        patch = cv2.warpPerspective(
            texture,
            cv2.getPerspectiveTransform(source, corners),
            (right - left, bottom - top),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        mask = polygon_mask(corners, bottom - top, right - left)
        self._canvas.stamp(np.asarray(patch, np.float32), mask, top, left, Street.BUILDING)

    def _paint_roof(self, house: House, near: float, rng: np.random.Generator) -> None:
        kind = rng.choice(3, p=[0.4, 0.35, 0.25])
        colour = linear(*_TILES[int(rng.integers(len(_TILES)))])
        if kind == 1:
            self._paint_mansard(house, near, colour, rng)
        elif kind == 2:
            x0, x1 = house.side * house.face, house.side * (house.face + _DEPTH)
            eave, ridge = house.height, house.height + 3.6
            gable = [[x0, eave, near], [x1, eave, near], [(x0 + x1) / 2, ridge, near]]
            self._facet(gable, colour, (0.0, 0.3, -0.95))
        for _ in range(int(rng.integers(0, 3))):
            self._paint_chimney(house, near, rng)

    def _paint_mansard(
        self, house: House, near: float, colour: Floats, rng: np.random.Generator
    ) -> None:
        inset, side, eave = 0.9, house.side, house.height
        top, back = eave + rng.uniform(1.6, 2.8), near + inset
        x0, x1, x2 = (side * (house.face + out) for out in (0.0, inset, _DEPTH))
        end = [[x0, eave, near], [x2, eave, near], [x2, top, back], [x1, top, back]]
        slope = [[x0, eave, near], [x0, eave, house.far], [x1, top, house.far], [x1, top, back]]
        self._facet(end, colour, (0.0, 0.5, -0.87))
        self._facet(slope, colour, (-0.87 * side, 0.5, 0.0))
        for z in np.arange(near + 1.6, min(house.far - 1.5, 45.0), rng.uniform(2.6, 3.4)):
            self._paint_dormer(x0 + side * 0.25, side, eave, float(z), top - eave)

    def _paint_dormer(self, x: float, side: int, eave: float, z: float, rise: float) -> None:
        for margin, colour in ((0.0, linear(206, 202, 194)), (0.2, linear(70, 80, 94))):
            low, high = eave + 0.2 + margin, eave + rise * 0.8 - margin
            near, far = z + margin, z + 1.2 - margin
            pane = [[x, low, near], [x, low, far], [x, high, far], [x, high, near]]
            self._facet(pane, colour, (-float(side), 0.0, 0.0))

    def _paint_chimney(self, house: House, near: float, rng: np.random.Generator) -> None:
        z = rng.uniform(near, house.far)
        x0 = house.side * (house.face + rng.uniform(0.6, 3.0))
        x1, far = x0 + house.side * 0.45, z + 0.45
        low, top = house.height - 0.5, house.height + rng.uniform(1.0, 2.4)
        brick = linear(118, 76, 64)
        flank = [[x0, low, z], [x0, low, far], [x0, top, far], [x0, top, z]]
        front = [[x0, low, z], [x1, low, z], [x1, top, z], [x0, top, z]]
        self._facet(flank, brick, (-float(house.side), 0.0, 0.0))
        self._facet(front, brick, (0.0, 0.0, -1.0))

    def _facet(self, points: list[list[float]], colour: Floats, normal: _Normal) -> None:
        corners = np.array(points, np.float32)
        lit = self._light.hazed(colour * self._light.on(normal), float(corners[:, 2].mean()))
        self._canvas.polygon(self._camera.project(corners), lit, Street.BUILDING)
