"""From light to a photograph: focus, exposure, tone, tint, noise."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats


def photograph(light: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """An RGB photograph (H, W, 3) uint8 of linear light (H, W, 3)."""
    picture = _focus(light, rng)
    picture = picture * _exposure(picture, rng) * _vignette(picture.shape, rng)
    picture = picture * _balance(rng)
    tones = _film(picture)
    tones = _saturated(tones, rng.uniform(0.92, 1.22))
    noisy = tones + _grain(tones, rng)
    digits: NDArray[np.uint8] = np.clip(noisy * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return digits


def _focus(light: Floats, rng: np.random.Generator) -> Floats:
    blur = rng.uniform(0.0, 0.75)
    if blur < 0.3:
        return light
    return np.asarray(cv2.GaussianBlur(light, (0, 0), blur), np.float32)


def _exposure(light: Floats, rng: np.random.Generator) -> np.float32:
    grey = light.mean(axis=2)
    middle = float(np.exp(np.log(grey + 1e-3).mean()))
    # Half-way to what a meter says: dusk stays darker than noon.
    return np.float32((0.17 / middle) ** 0.8 * rng.uniform(0.85, 1.18))


def _vignette(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    return np.asarray(1.0 - rng.uniform(0.0, 0.16) * (x * x + y * y), np.float32)[..., None]


def _balance(rng: np.random.Generator) -> Floats:
    warm, green = rng.normal(0, 0.035), rng.normal(0, 0.012)
    return np.array([1 + warm, 1 + green, 1 - warm], np.float32)


def _film(light: Floats) -> Floats:
    """ACES filmic curve in Narkowicz's fit, then the screen's gamma."""
    curve = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    return np.asarray(np.clip(curve, 0.0, 1.0) ** np.float32(1 / 2.2), np.float32)


def _saturated(tones: Floats, factor: float) -> Floats:
    grey = tones.mean(axis=2, keepdims=True)
    return np.asarray(grey + (tones - grey) * np.float32(factor), np.float32)


def _grain(tones: Floats, rng: np.random.Generator) -> Floats:
    strength = rng.uniform(0.003, 0.013)
    height, width = tones.shape[:2]
    grey, tint = rng.standard_normal((2, height, width, 1), dtype=np.float32)
    speckle = grey + tint * np.array([0.5, -0.2, -0.4], np.float32)
    return np.asarray(speckle * np.float32(strength) * (1.3 - tones * 0.6), np.float32)
