"""Actions of the program as a whole: open, leave, find, tell which version this is."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMainWindow, QWidget

from segstudio.gui.actions import action
from segstudio.gui.command_palette import CommandPalette

Open = Callable[[Path], object]


class GeneralActions(QObject):
    """What needs nothing but the window.

    Parameters
    ----------
    centre
        What the command palette is shown above.
    entries
        What the command palette offers: title of the menu, and action.
    open_path
        Opens a folder, a picture or a project.
    draw_sample
        Draws the sample project, if it is not there yet, and hands its path on.
    """

    def __init__(
        self,
        centre: QWidget,
        entries: Callable[[], list[tuple[str, QAction]]],
        open_path: Open,
        draw_sample: Callable[[Open], object],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._centre = centre
        self._entries = entries
        self._open = open_path
        self._draw_sample = draw_sample

    @action(
        "&Open folder…",
        "File/1",
        "Open a folder of pictures; it becomes a project in place.",
        icon="mdi6.folder-open-outline",
        shortcuts=["Ctrl+O"],
    )
    def open_folder(self) -> None:
        """Ask for a folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Open a folder of pictures")
        if chosen:
            self._open(Path(chosen))

    @action(
        "Open &sample",
        "File/1",
        "Open drawn street scenes to try everything on.",
        icon="mdi6.image-multiple-outline",
        shortcuts=["Ctrl+Shift+O"],
    )
    def open_sample(self) -> None:
        """Draw the sample project, if it is not there yet, and open it."""
        self._draw_sample(self._open)

    @action("&Quit", "File/9", "Save and close.", shortcuts=["Ctrl+Q"])
    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    @action(
        "&Command palette…",
        "Help/1",
        "Find anything that SegStudio can do.",
        icon="mdi6.magnify",
        shortcuts=["Ctrl+Shift+P", "Ctrl+K"],
    )
    def command_palette(self) -> None:
        """Open the searchable list of all actions."""
        CommandPalette(self._entries(), self._window).show_above(self._centre)

    @action(
        "&About SegStudio",
        "Help/2",
        "Version and licence.",
        icon="mdi6.information-outline",
        shortcuts=["Shift+F1"],
    )
    def about(self) -> None:
        """Say which SegStudio this is."""
        from segstudio.gui.dialogs.about import AboutDialog

        about = AboutDialog(self._window)
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.show()
