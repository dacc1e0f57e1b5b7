"""The overlay on the screen: which layer lies over the picture, and how dense."""

import numpy as np
from PySide6.QtGui import QImage, QPainter

from segstudio.core.overlay import Rgba, premultiplied
from segstudio.core.rect import Rect
from segstudio.gui.canvas.layers import LAYERS, LabelLayer, Scene
from segstudio.gui.canvas.rendering import Packed, render_ids, render_overlay
from segstudio.gui.canvas.viewport import Viewport


class Overlay:
    """Paints one layer of a scene, as areas or as outlines."""

    def __init__(self) -> None:
        self.layer = LAYERS[0]
        self.shown = True
        self.held_away = False
        self.opacity = 0.55
        self.contours = False
        self._classes: Rgba = np.zeros((256, 4), np.uint8)
        self._palette = _packed(self._classes)

    def set_layer(self, layer: LabelLayer) -> None:
        """Show something else."""
        self.layer = layer
        self._mix()

    def set_opacity(self, opacity: float) -> None:
        """Strength of the overlay, 0 to 1."""
        self.opacity = min(1.0, max(0.0, opacity))
        self._mix()

    def set_contours(self, contours: bool) -> None:
        """Outlines instead of filled areas."""
        self.contours = contours
        self._mix()

    def set_colours(self, palette: Rgba) -> None:
        """256x4 uint8 RGBA by class id."""
        self._classes = palette
        self._mix()

    def paint(
        self, painter: QPainter, scene: Scene, viewport: Viewport, area: Rect, pen: int
    ) -> None:
        """Paint what lies over a rectangle of device pixels.

        Outlines are ``pen`` device pixels wide on each side of a border.
        """
        around = viewport.covered(scene.shape, viewport.device_rect(Rect.of_shape(scene.shape)))
        area = area.intersect(around)
        if area.empty or self.held_away or not self.shown:
            return
        colours = render_overlay(
            lambda part: self.layer.codes(scene, lambda plane: render_ids(plane, viewport, part)),
            around,
            area,
            self._palette,
            pen if self._outlined else 0,
        )
        if colours is None:
            return
        image = QImage(
            colours.data,
            area.width,
            area.height,
            area.width * 4,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        painter.drawImage(area.left, area.top, image)

    @property
    def _outlined(self) -> bool:
        return self.contours and self.layer.outlined

    def _mix(self) -> None:
        opacity = 1.0 if self._outlined and self.opacity > 0 else self.opacity
        self._palette = _packed(premultiplied(self.layer.colours(self._classes), opacity))


def _packed(palette: Rgba) -> Packed:
    """Premultiplied RGBA colours as the 0xAARRGGBB words that Qt blends fastest."""
    red, green, blue, alpha = palette.astype(np.uint32).T
    packed: Packed = (alpha << 24) | (red << 16) | (green << 8) | blue
    return packed
