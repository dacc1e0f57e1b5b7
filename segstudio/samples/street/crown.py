"""Tree crowns: a few are modelled once, tuft by tuft, and every tree shows one of them."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from segstudio.samples import noise
from segstudio.samples.sample import Floats

LEAFY = 15
CONIFERS = 3
_RADIUS = 116
_EDGE = 2 * 148
SMALL = _EDGE // 2
"""Edge in pixels up to which the small crowns are fine enough."""


@dataclass(frozen=True, eq=False)
class Crown:
    """A crown before light falls on it; a square of 2.55 crown radii.

    Attributes
    ----------
    facing
        (h, w, 3): normals times leaf tone.
    tones
        (h, w, 3): sky seen times leaf tone; leaf tone; 1 where there are leaves.
    """

    facing: Floats
    tones: Floats


SPAN = _EDGE / _RADIUS
"""Edge of the square in crown radii."""


@lru_cache(maxsize=2 * (LEAFY + CONIFERS))
def crown(kind: int, small: bool = False) -> Crown:
    """One of the crowns: first the leafy ones, then the conifers; ``small`` at half the size."""
    if small:
        large, half = crown(kind), (_EDGE // 2, _EDGE // 2)
        planes = (
            cv2.resize(p, half, interpolation=cv2.INTER_AREA) for p in (large.facing, large.tones)
        )
        facing, tones = (np.asarray(plane, np.float32) for plane in planes)
        return Crown(facing, tones)
    rng = np.random.default_rng([kind, 31])
    model = Crown(np.zeros((_EDGE, _EDGE, 3), np.float32), np.zeros((_EDGE, _EDGE, 3), np.float32))
    tufts = _cone(rng) if kind >= LEAFY else _ball(rng, rng.uniform(0.75, 1.1))
    for x, y, depth, size in tufts:
        _add_tuft(model, x, y, depth, size, rng)
    return model


_Tuft = tuple[float, float, float, float]


def _ball(rng: np.random.Generator, slender: float) -> list[_Tuft]:
    """Tufts (x, y, nearness, size) of a unit crown, from the back and below to the front."""
    tufts = []
    for _ in range(int(rng.integers(46, 70))):
        angle, out = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, 1))
        x, y = out * np.cos(angle) * 0.78 * slender, out * np.sin(angle) * 0.78
        depth = np.sqrt(max(0.0, 1.0 - out * out)) * rng.uniform(-0.5, 1.0)
        tufts.append((float(x), float(y), float(depth), rng.uniform(0.17, 0.32)))
    return sorted(tufts, key=lambda tuft: tuft[2] - 0.5 * tuft[1])


def _cone(rng: np.random.Generator) -> list[_Tuft]:
    """Tufts of a conifer, the lower and nearer ones last."""
    tufts = []
    for _ in range(120):
        y = 2.0 * np.sqrt(rng.uniform(0, 1)) - 1.0
        half = 0.6 * (y + 1.08) / 2
        x = rng.uniform(-1, 1) * half
        depth = np.sqrt(max(0.0, 1.0 - (x / half) ** 2)) * rng.uniform(-0.3, 1.0)
        tufts.append((float(x), float(y), float(depth), rng.uniform(0.1, 0.17)))
    return sorted(tufts, key=lambda tuft: tuft[2] - 0.8 * tuft[1])


def _add_tuft(
    model: Crown, x: float, y: float, depth: float, size: float, rng: np.random.Generator
) -> None:
    """Lay a tuft over what is there; y grows downwards."""
    radius = size * _RADIUS
    reach = int(np.ceil(radius * 1.25))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1] / np.float32(radius)
    leaves = noise.crop(noise.fractal(31, 64, 3), rng, 2 * reach + 1, 2 * reach + 1, 1.5)
    distance = across**2 + down**2
    mask = distance + 0.42 * leaves < 0.86
    normal = np.array([x, 0.25 - y, -0.35 - depth])
    normal /= np.linalg.norm(normal)
    bulge = np.sqrt(np.maximum(0.0, 1.0 - np.minimum(distance, 1.0)))
    facing = np.stack(
        [normal[0] + 0.8 * across, normal[1] - 0.8 * down, normal[2] - 0.5 * bulge], axis=-1
    )
    tone = np.clip(1.0 + 0.3 * leaves, 0.35, 1.8)
    sky = np.clip(0.58 + 0.3 * (normal[1] - down) + 0.18 * depth, 0.2, 1.1)
    top, left = round(_EDGE / 2 + y * _RADIUS) - reach, round(_EDGE / 2 + x * _RADIUS) - reach
    window = (slice(top, top + len(mask)), slice(left, left + len(mask)))
    np.copyto(
        model.facing[window], facing * tone[..., None], where=mask[..., None], casting="same_kind"
    )
    tones = np.stack([sky * tone, tone, np.ones_like(tone)], axis=-1)
    np.copyto(model.tones[window], tones, where=mask[..., None], casting="same_kind")
