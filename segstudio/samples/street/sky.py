"""The sky: gradient, clouds in perspective, glow around the sun."""

import cv2
import numpy as np

from segstudio.samples import noise
from segstudio.samples.sample import Floats
from segstudio.samples.street.camera import Camera
from segstudio.samples.street.canvas import Canvas
from segstudio.samples.street.light import Light

_COARSE = 2  # the sky is soft: painted at half size and enlarged


def paint_sky(canvas: Canvas, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    """Fill the picture from the top to just below the horizon."""
    height = int(np.clip(np.ceil(camera.horizon) + 4, 8, canvas.shape[0]))
    rows = np.arange(0, height, _COARSE, dtype=np.float32)[:, None]
    columns = np.arange(0, canvas.shape[1], _COARSE, dtype=np.float32)[None, :]
    up = np.maximum(camera.horizon - rows, 0.0) / np.float32(camera.focal)
    across = (columns - camera.centre_x) / np.float32(camera.focal)
    sky = _gradient(light, up, columns.shape[1])
    sky = _with_glow(sky, light, across, up)
    sky = _with_clouds(sky, light, across, up, rng)
    canvas.picture[:height] = cv2.resize(
        sky, (canvas.shape[1], height), interpolation=cv2.INTER_LINEAR
    )


def _gradient(light: Light, up: Floats, width: int) -> Floats:
    share = (1.0 - np.exp(-up * 3.2))[..., None]
    column = light.low * (1.0 - share) + light.zenith * share
    return np.broadcast_to(column, (len(up), width, 3)).astype(np.float32)


def _with_glow(sky: Floats, light: Light, across: Floats, up: Floats) -> Floats:
    ahead = float(light.to_sun[2])
    length = np.sqrt(1.0 + across**2 + up**2)
    towards = (across * light.to_sun[0] + up * light.to_sun[1] + ahead) / length
    glow = np.maximum(towards, 0.0) ** 6
    return np.asarray(sky + glow[..., None] * light.sun * np.float32(0.1), np.float32)


def _with_clouds(
    sky: Floats, light: Light, across: Floats, up: Floats, rng: np.random.Generator
) -> Floats:
    depth = 1.0 / (up + np.float32(0.09))
    x = across * depth * 34.0 + rng.uniform(0, noise.SIZE)
    y = depth * 46.0 + rng.uniform(0, noise.SIZE) + 0.0 * across
    tile = noise.fractal(int(rng.integers(3)), 8, 6)
    thickness = noise.look_up(tile, x.astype(np.float32), y.astype(np.float32))
    # The same clouds a step towards the sun: thinner there means lit, thicker means shaded.
    step = 7.0 * float(np.sign(light.to_sun[0]) or 1.0)
    beside = noise.look_up(tile, (x + step).astype(np.float32), (y - 5.0).astype(np.float32))
    edge = np.float32(1.6 - 2.6 * light.cover)
    alpha = np.clip((thickness - edge) * 0.8, 0.0, 1.0)
    alpha = alpha * alpha * (3.0 - 2.0 * alpha) * np.clip(up * 9.0, 0.12, 0.95)
    lit = np.clip(
        0.82 + 0.22 * (thickness - beside) - 0.09 * np.maximum(thickness - edge, 0), 0.45, 1.1
    )
    clouds = light.cloud * lit[..., None]
    return np.asarray(sky + (clouds - sky) * alpha[..., None], np.float32)
