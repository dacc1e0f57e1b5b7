"""How dense labels lie over the picture: one row for the tool bar."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.slider_row import SliderRow

DEFAULT_OPACITY = 0.55


class DisplayPanel(QWidget):
    """Opacity of the overlay."""

    opacity_changed = Signal(float)
    """0 (only the picture) to 1 (only the labels)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opacity = SliderRow(
            "Opacity", 0, 100, 100 * DEFAULT_OPACITY, unit="%", tooltip="How dense labels look"
        )
        self.opacity.setFixedWidth(28 * theme.STEP)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.STEP, 0, theme.STEP, 0)
        line.addWidget(self.opacity)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.opacity.valueChanged.connect(lambda share: self.opacity_changed.emit(share / 100))

    def set_opacity(self, opacity: float) -> None:
        """Show another opacity, 0 to 1, without telling anybody."""
        self.opacity.set_value(100 * opacity)
