"""Pointer events in picture pixels, free of any toolkit."""

from dataclasses import dataclass
from enum import Enum, Flag, auto


class Button(Enum):
    """The button that a gesture is made with."""

    LEFT = auto()
    RIGHT = auto()


class Key(Enum):
    """Keys that a gesture of several clicks listens to."""

    ENTER = auto()
    BACKSPACE = auto()


class Modifier(Flag):
    """Keys held during a gesture."""

    NONE = 0
    SHIFT = auto()
    CONTROL = auto()
    ALT = auto()


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """Where the pointer is, in picture pixels; 0.5, 0.5 is the middle of the first pixel.

    ``pressure`` is 0 to 1; a mouse presses with 1. ``clicks`` is 2 for the second press of a double
    click. ``reach`` is how far from a place a pointer still hits it: a few pixels of the screen.
    """

    y: float
    x: float
    button: Button = Button.LEFT
    modifiers: Modifier = Modifier.NONE
    pressure: float = 1.0
    clicks: int = 1
    reach: float = 1.0
