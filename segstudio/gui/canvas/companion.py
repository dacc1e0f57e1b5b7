"""A second view beside the canvas, to look at and never to paint on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from segstudio.core.overlay import Rgba
from segstudio.gui.canvas.guides import PixelGrid
from segstudio.gui.canvas.layers import Scene
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.canvas.roaming import RoamingView


class Companion(RoamingView):
    """Shows a picture with labels that others name; any drag pans, and keys stay elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("companion")
        self.setAccessibleName("Second view")
        self.grid = PixelGrid()
        self.veils.append(self.grid.paint)
        self._scene_now: Callable[[], Scene | None] = lambda: None

    def show_picture(
        self, pyramid: PicturePyramid | None, scene: Callable[[], Scene | None]
    ) -> None:
        """Show another picture; ``scene`` is asked anew for every painting."""
        self._scene_now = scene
        self.grid.shape = None if pyramid is None else pyramid.shape
        self._show_picture(pyramid)

    def set_colours(self, palette: Rgba) -> None:
        """256x4 uint8 RGBA by class id."""
        self._overlay.set_colours(palette)
        self.update()

    def _scene(self) -> Scene | None:
        return self._scene_now()

    def _pans(self, button: Qt.MouseButton) -> bool:
        return button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
