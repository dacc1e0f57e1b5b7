"""What labelling costs a person: strokes, clicks, keys, distance, and the time these should take.

The time is a model, not a measurement:

- keys, clicks and thinking after Card, Moran and Newell, *The keystroke-level model for user
  performance time with interactive systems* (1980);
- pointing and pulling a box open by Fitts' law with the mouse's coefficients of MacKenzie, Sellen
  and Buxton, *A comparison of input devices in elemental pointing and dragging tasks* (1991);
- strokes and borders drawn by hand by the steering law of Accot and Zhai, *Beyond Fitts' law:
  models for trajectory-based HCI tasks* (1997): time grows with the length of the way in units of
  the width of the tunnel that the hand must stay in.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

ZOOM = 2.5
"""Pixels of the screen for one of the picture: a frame of 480x360 nearly fills the canvas."""

KEY = 0.28
"""Seconds for a key: an average typist who is no secretary."""

PRESS = 0.1
"""Seconds for a button to go down, or up."""

THINK = 1.35
"""Seconds of mental preparation before a gesture: what is wrong, and how is it put right?"""

POINT = 1.1
"""Seconds to point at something in a panel: the model's mean over screens."""

_STEER = 0.1
"""Seconds for a way as long as its tunnel is wide; measured are 0.08 straight and 0.15 round."""

WIDEST = 80.0
"""Pixels of the screen; nobody is quicker in wider tunnels, or strays farther."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What was done by hand; ``distance`` is the pointer's way in pixels of the screen."""

    strokes: int = 0
    clicks: int = 0
    keys: int = 0
    distance: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Effort") -> "Effort":
        return Effort(
            self.strokes + other.strokes,
            self.clicks + other.clicks,
            self.keys + other.keys,
            self.distance + other.distance,
            self.seconds + other.seconds,
        )


def keys(count: int) -> Effort:
    """Hitting keys."""
    return Effort(keys=count, seconds=count * KEY)


def panel_click() -> Effort:
    """Setting something in a panel; the pointer's way there and back is left out."""
    return Effort(clicks=1, seconds=POINT + 2 * PRESS)


def pointing(distance: float, slack: float) -> float:
    """Seconds to a target ``slack`` pixels of the screen to each side."""
    return max(0.0, -0.107 + 0.223 * _difficulty(distance, slack))


def pulling(distance: float, slack: float) -> float:
    """Seconds to a target with the button held."""
    return 0.135 + 0.249 * _difficulty(distance, slack)


def steering(ways: Iterable[tuple[float, float]]) -> float:
    """Seconds along ways, each a length and the slack to each side, in pixels of the screen."""
    return _STEER * sum(length / min(WIDEST, 2 * slack) for length, slack in ways)


def _difficulty(distance: float, slack: float) -> float:
    return math.log2(distance / (2 * slack) + 1)
