"""The bars of the window: what is done to frames on top, the tools beside the canvas."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from segstudio.gui import theme
from segstudio.gui.actions import Actions
from segstudio.tools.parts.spec import ToolSpec

_ON_TOP = (
    ("open_folder", "save"),
    ("undo", "redo"),
    ("predict",),
    ("previous_frame", "next_frame", "next_unlabelled", "mark_done"),
    ("fit", "actual_size", "show_labels", "contours_only"),
)
_ARROW = "qt_toolbar_ext_button"
"""Qt's own name for the button that shows what does not fit."""

_GROUP = 10
"""Places in the order are given out by tens: the brushes, the erasers, the shapes, ..."""


class _Bar(QToolBar):
    """A bar that stays where it is; what does not fit lies behind an arrow at its end."""

    def __init__(self, title: str, name: str, orientation: Qt.Orientation) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setOrientation(orientation)
        self.setIconSize(theme.TOOL_BAR_ICON)
        self.setMovable(False)
        for arrow in self.findChildren(QToolButton, _ARROW):
            arrow.setIcon(theme.icon("mdi6.chevron-double-right"))
            arrow.setToolTip("More")


class TopBar(_Bar):
    """The actions that are used all day, and after them a panel."""

    def __init__(self, actions: Actions, panel: QWidget) -> None:
        super().__init__("Actions", "topBar", Qt.Orientation.Horizontal)
        for group in _ON_TOP:
            self.addActions([actions[name] for name in group])
            self.addSeparator()
        self.addWidget(panel)


class ToolBox(_Bar):
    """One button per tool, groups divided by lines."""

    def __init__(self) -> None:
        super().__init__("Tools", "toolBox", Qt.Orientation.Vertical)

    def set_tools(self, specs: Iterable[ToolSpec], actions: Actions) -> None:
        """Show these tools, which come in order."""
        for _, group in groupby(specs, key=lambda spec: spec.order // _GROUP):
            if self.actions():
                self.addSeparator()
            self.addActions([actions[f"tool_{spec.name}"] for spec in group])
