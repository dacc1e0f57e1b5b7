"""The panels around the canvas: where they lie, and how they share the room."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from segstudio.gui import theme
from segstudio.gui.actions import Actions, ActionSpec

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_FRAMES_WIDTH, _RIGHT_WIDTH = 28 * theme.STEP, 36 * theme.STEP
_HEIGHTS = [27 * theme.STEP, 32 * theme.STEP, 36 * theme.STEP]
_DIGITS = 9


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

    def add_actions(self, actions: Actions) -> list[QAction]:
        """One checkable action per panel, ``panel_`` and its name; checked while it is in sight."""
        return [self._action(actions, number, dock) for number, dock in enumerate(self.all(), 1)]

    def _action(self, actions: Actions, number: int, dock: QDockWidget) -> QAction:
        title = dock.windowTitle()
        spec = ActionSpec(
            f"panel_{title.lower()}",
            f"{title} panel",
            "View/9",
            "Bring this panel to the front, or put it away.",
            shortcuts=(f"Ctrl+Alt+{number}",) if number <= _DIGITS else (),
        )
        made = actions.add(spec, lambda: _flip(dock, made.isChecked()))
        made.setCheckable(True)
        # Not the other way round: a panel behind another's tab is not to be put away.
        dock.visibilityChanged.connect(made.setChecked)
        return made

    def bring_forward(self, panel: QWidget) -> None:
        """Put a panel on the screen, before those that share its place."""
        for dock in self.all():
            if dock.widget() is panel:
                dock.show()
                dock.raise_()

    def watch(self, panel: QWidget, seen: Callable[[bool], object]) -> None:
        """Tell whether a panel is in sight; one behind another's tab is not, yet counts as shown.

        ``isVisible`` and show events do not know the difference.
        """
        for dock in self.all():
            if dock.widget() is panel:
                dock.visibilityChanged.connect(seen)

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


def _flip(dock: QDockWidget, shown: bool) -> None:
    dock.setVisible(shown)
    if shown:
        dock.raise_()
