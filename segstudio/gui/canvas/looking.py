"""Brings a part of the picture before the eyes."""

from segstudio.core.rect import Rect
from segstudio.gui.canvas.view import View
from segstudio.gui.canvas.viewport import Viewport

_SHARE = 0.4
"""Of the canvas that the part may take: what lies around it tells what it is."""

_CLOSEST = 8.0


def look_at(view: View, rect: Rect, shape: tuple[int, int]) -> None:
    """Zoom and move, so that a rectangle lies well visible in the middle.

    Parameters
    ----------
    rect
        In picture pixels.
    shape
        Height and width of the picture: it is never made smaller than fits.
    """
    height, width = view.device_size()
    fitting = min(height / max(1, rect.height), width / max(1, rect.width)) * _SHARE
    whole = Viewport.fitting(shape, (height, width)).scale
    view.zoom_to(max(whole, min(fitting, _CLOSEST)))
    view.centre_on((rect.top + rect.bottom) / 2, (rect.left + rect.right) / 2)
