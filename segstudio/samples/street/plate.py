"""The plates of traffic signs, drawn flat."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats

EDGE = 96
"""Plates are drawn at this size and shrunk to the one they are seen at."""
_Rgb = tuple[int, int, int]
_Picture = NDArray[np.uint8]
_RED, _BLUE, _WHITE = (196, 28, 34), (24, 84, 168), (240, 240, 238)
_YELLOW, _BLACK, _GREEN = (240, 190, 40), (24, 24, 26), (20, 112, 74)


@dataclass(frozen=True, eq=False)
class _Design:
    """Outline (N, 2) in shares of the edge, colours, how much of it the face fills, and a glyph."""

    outline: Floats
    border: _Rgb
    face: _Rgb
    filled: float
    glyph: Callable[[_Picture, int], None]
    lowered: float = 0.0


def draw_plate(kind: int, number: int) -> tuple[_Picture, Floats]:
    """Draw one plate.

    Parameters
    ----------
    kind
        0 to ``len(DESIGNS) - 1``.
    number
        Chooses between texts, directions and the like.

    Returns
    -------
    Picture (96, 96, 3) uint8, and outline (N, 2) as (column, row) in shares of its edge.
    """
    design = DESIGNS[kind]
    plate = np.zeros((EDGE, EDGE, 3), np.uint8)
    inner = 0.5 + (design.outline - 0.5) * design.filled
    inner[:, 1] += design.lowered
    cv2.fillPoly(plate, [_pixels(design.outline)], design.border, cv2.LINE_AA)
    cv2.fillPoly(plate, [_pixels(inner)], design.face, cv2.LINE_AA)
    design.glyph(plate, number)
    return plate, design.outline


def _pixels(outline: Floats) -> NDArray[np.int32]:
    return np.round(outline * (EDGE - 1)).astype(np.int32)


def _round(corners: int) -> Floats:
    turns = (np.arange(corners) + 0.5) * (2 * np.pi / corners)
    return 0.5 + 0.5 * np.stack([np.cos(turns), np.sin(turns)], axis=1)


def _limit(plate: _Picture, number: int) -> None:
    _text(plate, ("30", "40", "50", "60")[number % 4], 1.15, _BLACK)


def _warning(plate: _Picture, _: int) -> None:
    cv2.line(plate, (48, 40), (48, 62), _BLACK, 8, cv2.LINE_AA)
    cv2.circle(plate, (48, 76), 5, _BLACK, -1, cv2.LINE_AA)


def _arrow(plate: _Picture, number: int) -> None:
    x, y = (48, 18) if number % 2 else (78, 48)
    cv2.arrowedLine(plate, (EDGE - x, EDGE - y), (x, y), _WHITE, 9, cv2.LINE_AA, 0, 0.4)


def _lines(plate: _Picture, number: int) -> None:
    for y in (30, 50, 70):
        cv2.line(plate, (20, y), (50 + (number * y) % 27, y), _WHITE, 7, cv2.LINE_AA)


def _nothing(plate: _Picture, _: int) -> None:
    """A plate without a glyph."""


def _word(plate: _Picture, _: int, text: str, size: float) -> None:
    _text(plate, text, size, _WHITE)


def _text(plate: _Picture, text: str, size: float, colour: _Rgb) -> None:
    thick, font = max(2, round(size * 4)), cv2.FONT_HERSHEY_SIMPLEX
    (wide, tall), _ = cv2.getTextSize(text, font, size, thick)
    origin = ((EDGE - wide) // 2, (EDGE + tall) // 2)
    cv2.putText(plate, text, origin, font, size, colour, thick, cv2.LINE_AA)


_SQUARE = np.array([(0.04, 0.04), (0.96, 0.04), (0.96, 0.96), (0.04, 0.96)])
_TRIANGLE = np.array([(0.5, 0.02), (0.99, 0.93), (0.01, 0.93)])
_DIAMOND = np.array([(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)])

DESIGNS = (
    _Design(_round(28), _RED, _WHITE, 0.76, _limit),
    _Design(_TRIANGLE, _RED, _WHITE, 0.76, _warning, lowered=0.045),
    _Design(_round(8), _WHITE, _RED, 0.9, partial(_word, text="STOP", size=0.85)),
    _Design(_round(28), _WHITE, _BLUE, 0.9, _arrow),
    _Design(_SQUARE, _WHITE, _BLUE, 0.9, partial(_word, text="P", size=2.4)),
    _Design(_DIAMOND, _BLACK, _YELLOW, 0.9, _nothing),
    _Design(_SQUARE, _WHITE, _GREEN, 0.9, _lines),
)
