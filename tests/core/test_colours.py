"""Default colours stay apart for colour-blind eyes.

Vision without one kind of cone is simulated as in Machado, Oliveira & Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, table 1, severity
1.0, in linear RGB. Distances are Euclidean in CIELAB under D65 (CIE76); 2.3 is the smallest
difference that one notices.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from segstudio.core.classes import DEFAULT_COLOURS, MAX_CLASSES, default_colour

VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
SMALLEST_DISTANCE = 16.0


def as_seen(colours: object, vision: str) -> NDArray[np.float64]:
    """Nx3 CIELAB of Nx3 sRGB colours (0 to 255) as this kind of eye sees them."""
    srgb = np.asarray(colours) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = (linear @ VISION[vision].T).clip(0, 1) @ RGB_TO_XYZ.T / RGB_TO_XYZ.sum(axis=1)
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def test_the_judge_knows_white_black_and_red() -> None:
    lab = as_seen([(255, 255, 255), (0, 0, 0), (255, 0, 0)], "normal")
    np.testing.assert_allclose(lab, [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]], atol=0.05)


@pytest.mark.parametrize("vision", ["protan", "deutan", "tritan"])
def test_the_judge_keeps_greys(vision: str) -> None:
    greys = [(value,) * 3 for value in (0, 60, 128, 255)]
    np.testing.assert_allclose(as_seen(greys, vision), as_seen(greys, "normal"), atol=0.1)


@pytest.mark.parametrize("vision", VISION)
def test_any_two_default_colours_stay_apart(vision: str) -> None:
    lab = as_seen(DEFAULT_COLOURS, vision)
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() >= SMALLEST_DISTANCE


def test_default_colours_stand_out_from_black_and_white() -> None:
    lightness = as_seen(DEFAULT_COLOURS, "normal")[:, 0]
    assert lightness.min() >= 30
    assert lightness.max() <= 97


def test_no_colour_comes_twice_and_all_are_rgb() -> None:
    colours = [default_colour(index) for index in range(MAX_CLASSES)]
    assert len(set(colours)) == MAX_CLASSES
    assert all(0 <= value <= 255 for colour in colours for value in colour)
