"""Time of day: where light comes from, and what colour it has."""

from dataclasses import dataclass

import numpy as np

from segstudio.samples.sample import Floats


def linear(red: float, green: float, blue: float) -> Floats:
    """Linear light of a colour as screens write it, 0 to 255."""
    return ((np.array([red, green, blue], np.float32) / 255.0) ** 2.2).astype(np.float32)


HAZE = np.float32(0.9)
"""Brightness of the haze, in shares of the sky at the horizon."""


@dataclass(frozen=True, eq=False)
class Light:
    """The light of a scene; colours are (3,) linear RGB.

    Attributes
    ----------
    to_sun
        Unit vector towards the sun, in street coordinates.
    sun, ambient
        Light on a surface that faces the sun, and from the sky all around.
    zenith, low
        Sky colour overhead and at the horizon.
    cloud
        Colour of clouds in the light.
    cover
        Share of the sky under clouds, 0 to 1.
    haze_depth
        Metres after which haze hides two thirds of a colour.
    lamps
        0 by day to 1 where windows and car lights shine.
    """

    name: str
    to_sun: Floats
    sun: Floats
    ambient: Floats
    zenith: Floats
    low: Floats
    cloud: Floats
    cover: float
    haze_depth: float
    lamps: float

    def on(self, normal: tuple[float, float, float], sunlit: float = 1.0) -> Floats:
        """Light (3,) on a surface with this unit normal."""
        facing = max(0.0, float(np.dot(normal, self.to_sun)))
        sky = self.ambient * np.float32(0.72 + 0.28 * normal[1])
        return np.asarray(sky + self.sun * np.float32(facing * sunlit), np.float32)

    def hazed(self, colour: Floats, z: float) -> Floats:
        """A colour (3,), or several (N, 3), seen through the air over z metres."""
        clear = np.float32(np.exp(-z / self.haze_depth))
        return np.asarray(colour * clear + self.low * (HAZE * (1 - clear)), np.float32)

    def through_air(self, mixing: Floats, z: float) -> Floats:
        """Matrix (3, N + 1) for ``cv2.transform``: mix N channels to light (3, N), then haze it."""
        clear = np.float32(np.exp(-z / self.haze_depth))
        veil = self.low * (HAZE * (1 - clear))
        return np.concatenate([mixing * clear, veil[:, None]], axis=1).astype(np.float32)


def draw_light(rng: np.random.Generator) -> Light:
    """A time of day with its weather."""
    maker = rng.choice(len(_TIMES), p=[0.38, 0.17, 0.22, 0.11, 0.12])
    return _TIMES[int(maker)](rng)


def _sun(rng: np.random.Generator, low: float, high: float) -> Floats:
    elevation = np.radians(rng.uniform(low, high))
    # Sun from the side or behind lights what one sees; straight ahead leaves all in shade.
    azimuth = np.radians(rng.uniform(25, 165)) * rng.choice([-1.0, 1.0])
    flat = np.cos(elevation)
    return np.array([flat * np.sin(azimuth), np.sin(elevation), flat * np.cos(azimuth)], np.float32)


def _clear(rng: np.random.Generator) -> Light:
    return Light(
        name="clear",
        to_sun=_sun(rng, 35, 65),
        sun=linear(255, 242, 220) * np.float32(2.7),
        ambient=linear(196, 211, 234) * np.float32(0.72),
        zenith=linear(38, 98, 186),
        low=linear(172, 206, 236),
        cloud=linear(250, 250, 252) * np.float32(1.5),
        cover=rng.uniform(0.1, 0.55),
        haze_depth=rng.uniform(280, 600),
        lamps=0.0,
    )


def _overcast(rng: np.random.Generator) -> Light:
    grey = rng.uniform(0.75, 1.0)
    return Light(
        name="overcast",
        to_sun=_sun(rng, 50, 80),
        sun=linear(240, 240, 240) * np.float32(0.16),
        ambient=linear(222, 226, 232) * np.float32(1.25 * grey),
        zenith=linear(168, 176, 188) * np.float32(grey),
        low=linear(214, 218, 224) * np.float32(grey),
        cloud=linear(232, 234, 238) * np.float32(grey),
        cover=rng.uniform(0.8, 1.0),
        haze_depth=rng.uniform(170, 400),
        lamps=rng.uniform(0.0, 0.25),
    )


def _golden(rng: np.random.Generator) -> Light:
    return Light(
        name="golden",
        to_sun=_sun(rng, 14, 28),
        sun=linear(255, 204, 140) * np.float32(2.9),
        ambient=linear(180, 184, 210) * np.float32(0.66),
        zenith=linear(84, 122, 184),
        low=linear(250, 214, 170),
        cloud=linear(255, 226, 192) * np.float32(1.1),
        cover=rng.uniform(0.15, 0.6),
        haze_depth=rng.uniform(160, 380),
        lamps=rng.uniform(0.0, 0.3),
    )


def _morning(rng: np.random.Generator) -> Light:
    return Light(
        name="morning",
        to_sun=_sun(rng, 22, 42),
        sun=linear(255, 230, 200) * np.float32(1.7),
        ambient=linear(208, 216, 228) * np.float32(0.8),
        zenith=linear(146, 176, 208),
        low=linear(230, 230, 226),
        cloud=linear(246, 244, 240),
        cover=rng.uniform(0.3, 0.8),
        haze_depth=rng.uniform(90, 190),
        lamps=rng.uniform(0.0, 0.2),
    )


def _dusk(rng: np.random.Generator) -> Light:
    return Light(
        name="dusk",
        to_sun=_sun(rng, 4, 8),
        sun=linear(255, 170, 130) * np.float32(0.12),
        ambient=linear(150, 160, 205) * np.float32(0.5),
        zenith=linear(44, 62, 116) * np.float32(0.8),
        low=linear(228, 160, 140) * np.float32(0.75),
        cloud=linear(190, 140, 150) * np.float32(0.6),
        cover=rng.uniform(0.2, 0.7),
        haze_depth=rng.uniform(180, 400),
        lamps=rng.uniform(0.7, 1.0),
    )


_TIMES = (_clear, _overcast, _golden, _morning, _dusk)
