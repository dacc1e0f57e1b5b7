"""The Picture panel: how the picture is shown, never what it is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from segstudio.gui import theme
from segstudio.gui.canvas.adjustments import Adjustments
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.scroll_page import ScrollPage


class PicturePanel(ScrollPage):
    """Sliders for the display, and one button that sets all of them back."""

    changed = Signal(object)
    """The new ``Adjustments``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = OptionsForm(Adjustments)
        self.reset = QPushButton("Reset")
        self.reset.setIcon(theme.icon("restore"))
        self.reset.setIconSize(theme.BUTTON_ICON)
        self.reset.setToolTip("Show the picture as it is")
        note = QLabel("For the eye alone: labels, models and files see the picture as it is.")
        note.setProperty("role", "quiet")
        note.setWordWrap(True)
        self.column.addWidget(self.form)
        self.column.addWidget(self.reset)
        self.column.addWidget(note)
        self.column.addStretch(1)
        self.form.options_changed.connect(self._tell)
        self.reset.clicked.connect(self.form.reset)
        self._tell(self.form.options())

    def _tell(self, adjustments: Adjustments) -> None:
        self.reset.setEnabled(adjustments != Adjustments())
        self.changed.emit(adjustments)
