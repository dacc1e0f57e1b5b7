"""Things made of flat facets: placed, culled, lit and painted, many facets at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street, fixed_point
from segstudio.samples.street.light import Light

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Facet:
    """A flat piece.

    Attributes
    ----------
    points
        Corners (along, up, out) in metres.
    role
        Row of the colour table that the mesh is painted with.
    layer
        Higher layers are painted over lower ones; within a layer, near over far.
    tone
        Factor on the colour.
    mirror
        Share of the sky that the surface mirrors.
    smallest
        Picture pixels per metre below which the piece is left out.
    """

    points: Sequence[Point]
    role: int
    layer: int
    tone: float = 1.0
    mirror: float = 0.0
    smallest: float = 0.0

    def moved(self, along: float) -> "Facet":
        """The same facet further along."""
        return replace(self, points=[(a + along, up, out) for a, up, out in self.points])


class Mesh:
    """Facets of one thing around a middle from which all of them look away.

    Parameters
    ----------
    facets
        At least one.
    middle
        A point inside.
    """

    def __init__(self, facets: Sequence[Facet], middle: Point) -> None:
        ordered = sorted(facets, key=lambda facet: facet.layer)
        self._counts = np.array([len(facet.points) for facet in ordered])
        self._points = np.concatenate([np.array(f.points, np.float32) for f in ordered])
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])
        self._roles = np.array([facet.role for facet in ordered])
        self._layers = np.array([facet.layer for facet in ordered])
        self._tones = np.array([facet.tone for facet in ordered], np.float32)
        self._mirrors = np.array([facet.mirror for facet in ordered], np.float32)
        self._smallest = np.array([facet.smallest for facet in ordered])
        self._normals = self._outward(np.array(middle, np.float32))

    def _outward(self, middle: Floats) -> Floats:
        first, second, third = (self._points[self._starts + i] for i in range(3))
        normals = np.cross(second - first, third - first)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        centres = np.add.reduceat(self._points, self._starts) / self._counts[:, None]
        flip = np.sign(np.einsum("ij,ij->i", normals, centres - middle))
        return np.asarray(normals * np.where(flip == 0, 1, flip)[:, None], np.float32)

    def paint(
        self,
        canvas: Canvas,
        camera: Camera,
        light: Light,
        where: tuple[float, float, float],
        colours: Floats,
        glows: Floats,
        sunlit: float,
        label: Street,
    ) -> None:
        """Paint the mesh.

        Parameters
        ----------
        where
            x and z of its origin on the ground, and heading in radians (0: along is z).
        colours, glows
            (roles, 3) linear RGB: what light falls on, and what shines.
        sunlit
            0 in a house's shadow to 1.
        """
        x, z, heading = where
        turn = _turn(heading)
        street = self._points @ turn + np.array([x, 0.0, z], np.float32)
        normals = self._normals @ turn
        eye = np.array([camera.offset - camera.bend * z * z, camera.height, 0.0], np.float32)
        towards = np.einsum("ij,ij->i", normals, eye - street[self._starts])
        depths = np.add.reduceat(street[:, 2], self._starts) / self._counts
        shown = np.flatnonzero((towards > 0) & (camera.scale(z) >= self._smallest))
        shown = shown[np.lexsort((-depths[shown], self._layers[shown]))]
        corners = fixed_point(camera.project(street))
        lit = light.hazed(self._lit(light, normals, colours, sunlit) + glows[self._roles], z)
        for index in shown.tolist():
            start = self._starts[index]
            outline = [corners[start : start + self._counts[index]]]
            cv2.fillPoly(canvas.picture, outline, lit[index].tolist(), shift=4)
            cv2.fillPoly(canvas.ids, outline, int(label), shift=4)

    def _lit(self, light: Light, normals: Floats, colours: Floats, sunlit: float) -> Floats:
        sun = np.maximum(normals @ light.to_sun, 0.0)[:, None] * (light.sun * np.float32(sunlit))
        sky = (0.72 + 0.28 * normals[:, 1:2]) * light.ambient
        up = np.clip(normals[:, 1:2], 0.0, 1.0)
        mirrored = light.low * (0.45 * (1 - up)) + light.zenith * (0.4 + 0.6 * up)
        surface = colours[self._roles] * self._tones[:, None] * (sun + sky)
        return np.asarray(surface + mirrored * self._mirrors[:, None], np.float32)


def _turn(heading: float) -> NDArray[np.float32]:
    """Matrix from (along, up, out) to (x, y, z)."""
    sine, cosine = np.sin(heading), np.cos(heading)
    return np.array([[sine, 0, cosine], [0, 1, 0], [cosine, 0, -sine]], np.float32)
