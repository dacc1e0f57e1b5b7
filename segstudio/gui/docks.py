"""The panels around the canvas: where they lie, and how they share the room."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from segstudio.gui import theme

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_FRAMES_WIDTH, _RIGHT_WIDTH = 28 * theme.STEP, 36 * theme.STEP
_HEIGHTS = [27 * theme.STEP, 32 * theme.STEP, 36 * theme.STEP]


class Docks:
    """Frames at the left; at the right, one below the other, three stacks of panels.

    Parameters
    ----------
    window
        Gets the docks.
    frames
        The frame list.
    stacks
        Titles and panels of each stack, the one in front first.
    """

    def __init__(
        self, window: QMainWindow, frames: QWidget, stacks: list[dict[str, QWidget]]
    ) -> None:
        self._window = window
        window.setTabPosition(_RIGHT, QTabWidget.TabPosition.North)
        self._frames = self._add("Frames", frames, _LEFT)
        self._stacks = [
            [self._add(title, panel, _RIGHT) for title, panel in stack.items()] for stack in stacks
        ]
        for front, *others in self._stacks:
            before = front
            for dock in others:
                window.tabifyDockWidget(before, dock)
                before = dock
            front.raise_()

    def all(self) -> list[QDockWidget]:
        """Every dock, the frame list's first."""
        return [self._frames, *(dock for stack in self._stacks for dock in stack)]

    def bring_forward(self, panel: QWidget) -> None:
        """Put a panel on the screen, before those that share its place."""
        for dock in self.all():
            if dock.widget() is panel:
                dock.show()
                dock.raise_()

    def share_room(self) -> None:
        """Give each panel its share; the window must have its size by then."""
        fronts = [stack[0] for stack in self._stacks]
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        widths = [_FRAMES_WIDTH, _RIGHT_WIDTH]
        self._window.resizeDocks([self._frames, fronts[0]], widths, across)
        self._window.resizeDocks(fronts, _HEIGHTS, down)

    def _add(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock{title}")
        dock.setWidget(panel)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self._window.addDockWidget(area, dock)
        return dock
