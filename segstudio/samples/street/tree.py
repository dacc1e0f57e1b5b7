"""Street trees and bushes: trunk, boughs and a lit crown."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas, Street
from segstudio.samples.street.crown import CONIFERS, LEAFY, SMALL, SPAN, Crown, crown
from segstudio.samples.street.light import Light, linear
from segstudio.samples.street.shadows import ShadowMap

_GREENS = (
    (74, 104, 44), (58, 92, 46), (92, 112, 52), (46, 78, 48), (104, 120, 60), (66, 98, 66),
)  # fmt: skip
_AUTUMN = ((150, 108, 40), (158, 78, 40), (120, 110, 46))


@dataclass(frozen=True)
class Tree:
    """A tree in metres: where it stands, its height, the crown's half width.

    One whose crown reaches the ground is a bush.
    """

    x: float
    z: float
    height: float
    crown: float
    seed: int

    @property
    def middle(self) -> float:
        """Height of the crown's middle."""
        return self.height - self.crown

    def cast(self, shadows: ShadowMap) -> None:
        """Lay the tree's shadow on the ground."""
        rng = np.random.default_rng([self.seed, 1])
        for x, y, z in rng.uniform(-0.6, 0.6, (9, 3)) * self.crown:
            shadows.add_ball(self.x + x, self.z + z, self.middle + y, self.crown * 0.42, 0.85)
        if self.middle > self.crown:
            shadows.add_post(self.x, self.z, 0.16, self.middle)


def paint_tree(canvas: Canvas, camera: Camera, light: Light, tree: Tree, sunlit: float) -> None:
    """Paint one tree."""
    rng = np.random.default_rng(tree.seed)
    scale = camera.scale(tree.z)
    foot = np.array(camera.at(tree.x, 0.0, tree.z))
    conifer = bool(rng.random() < 0.15)
    if tree.middle > tree.crown:
        _paint_trunk(canvas, light, tree, foot, scale, sunlit, rng, forked=not conifer)
    leaves = _AUTUMN if rng.random() < 0.1 and not conifer else _GREENS
    colour = linear(*leaves[int(rng.integers(len(leaves)))])
    radius = tree.crown * scale
    left, top = foot[0] - radius * SPAN / 2, foot[1] - tree.middle * scale - radius * SPAN / 2
    edge = max(3, round(radius * SPAN))
    if left > canvas.shape[1] or left + edge < 0 or top + edge < 0:
        return
    kind = LEAFY + int(rng.integers(CONIFERS)) if conifer else int(rng.integers(LEAFY))
    # A crown stands above most houses' shadows: it keeps some sun where the ground has none.
    mirrored = bool(rng.random() < 0.5)
    tones, mask = _shaded(
        crown(kind, small=edge <= SMALL), edge, mirrored, light, 0.45 + 0.55 * sunlit
    )
    mixing = np.stack([light.ambient * colour, light.sun * colour], axis=1)
    patch = cv2.transform(tones, light.through_air(mixing, tree.z))
    mask[max(0, int(foot[1] - top)) :] = 0
    canvas.stamp(np.asarray(patch, np.float32), mask, round(top), round(left), Street.TREE)


def _shaded(
    model: Crown, edge: int, mirrored: bool, light: Light, sunlit: float
) -> tuple[Floats, NDArray[np.uint8]]:
    """Sky and sun on each leaf (h, w, 2), and where there are leaves (h, w)."""
    shrink = cv2.INTER_AREA if edge < len(model.tones) else cv2.INTER_LINEAR
    facing = cv2.resize(model.facing, (edge, edge), interpolation=shrink)
    tones = cv2.resize(model.tones, (edge, edge), interpolation=shrink)
    to_sun = light.to_sun.copy()
    if mirrored:
        facing, tones, to_sun[0] = cv2.flip(facing, 1), cv2.flip(tones, 1), -to_sun[0]
    sky, tone, leaves = cv2.split(tones)
    # Leaves let light through: the far side is dim, not black.
    sun = np.float32(0.62) * cv2.transform(facing, to_sun[None]) + np.float32(0.16) * tone
    sun = np.clip(sun, 0.04, 1.3) * np.float32(sunlit)
    return np.asarray(cv2.merge([sky, sun]), np.float32), (leaves > 0.5).astype(np.uint8)


def _paint_trunk(
    canvas: Canvas,
    light: Light,
    tree: Tree,
    foot: Floats,
    scale: float,
    sunlit: float,
    rng: np.random.Generator,
    forked: bool,
) -> None:
    bark = linear(*(np.array([92, 78, 64]) + rng.uniform(-16, 16)))
    half = max(0.55, 0.045 * tree.height**0.8 * scale * rng.uniform(0.5, 0.75))
    top = foot + tree.middle * scale * np.array([rng.uniform(-0.05, 0.05), -1.0])
    shade = light.hazed(bark * light.on((0.0, 0.0, -1.0), sunlit), tree.z)
    canvas.polygon(_strip(foot, top, -half, half), shade, Street.TREE)
    # The lit flank: a third of the trunk on the sun's side.
    side = float(np.sign(light.to_sun[0]) or 1.0)
    lit = light.hazed(bark * light.on((side * 0.9, 0.1, -0.4), sunlit), tree.z)
    canvas.polygon(_strip(foot, top, side * half * 0.3, side * half), lit, Street.TREE)
    fork = foot + (top - foot) * 0.72
    for bough in (-0.55, 0.5) if forked else ():
        tip = fork + np.array([bough * tree.crown, -0.7 * tree.crown]) * scale
        canvas.stroke(np.array([fork, tip], np.float32), half * 0.8, shade, Street.TREE)


def _strip(foot: Floats, top: Floats, left: float, right: float) -> Floats:
    """A trunk's outline, wider at the foot."""
    ends = ((foot, left * 1.3), (foot, right * 1.3), (top, right * 0.7), (top, left * 0.7))
    return np.array([(end[0] + aside, end[1]) for end, aside in ends])
