"""How labels lie over the picture."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.row import align
from segstudio.gui.widgets.slider_row import SliderRow
from segstudio.gui.widgets.switch_row import SwitchRow

DEFAULT_OPACITY = 0.5


class DisplayPanel(QWidget):
    """Opacity of the overlay, and whether only outlines are drawn."""

    opacity_changed = Signal(float)
    """0 (only the picture) to 1 (only the labels)."""

    contours_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opacity = SliderRow(
            "Opacity", 0, 100, 100 * DEFAULT_OPACITY, unit="%", tooltip="How dense labels look"
        )
        self.contours = SwitchRow(
            "Contours only", False, tooltip="Draw the outlines of classes instead of filling them"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addWidget(self.opacity)
        column.addWidget(self.contours)
        align([self.opacity, self.contours])
        self.opacity.valueChanged.connect(lambda share: self.opacity_changed.emit(share / 100))
        self.contours.valueChanged.connect(self.contours_toggled)

    def set_opacity(self, opacity: float) -> None:
        """Show another opacity, 0 to 1, without telling anybody."""
        self.opacity.set_value(100 * opacity)

    def set_contours(self, on: bool) -> None:
        """Flip the switch without telling anybody."""
        self.contours.set_value(on)
