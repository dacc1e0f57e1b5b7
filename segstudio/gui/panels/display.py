"""What lies over the picture, and how dense: one row for the tool bar."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segstudio.gui import theme
from segstudio.gui.canvas.layers import LAYERS
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.slider_row import SliderRow

DEFAULT_OPACITY = 0.55


class DisplayPanel(QWidget):
    """Layer and opacity of the overlay."""

    opacity_changed = Signal(float)
    """0 (only the picture) to 1 (only the labels)."""

    layer_chosen = Signal(str)
    """Name of a layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opacity = SliderRow(
            "Opacity", 0, 100, 100 * DEFAULT_OPACITY, unit="%", tooltip="How dense labels look"
        )
        self.opacity.setFixedWidth(28 * theme.STEP)
        self.layers = CalmComboBox()
        self.layers.setAccessibleName("Show")
        self.layers.setToolTip("What lies over the picture (F4 to F9)")
        self.layers.setFixedWidth(15 * theme.STEP)
        for layer in LAYERS:
            self.layers.addItem(layer.label, layer.name)
            last = self.layers.count() - 1
            self.layers.setItemData(last, layer.tooltip, Qt.ItemDataRole.ToolTipRole)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.STEP, 0, theme.STEP, 0)
        line.setSpacing(theme.STEP)
        line.addWidget(self.layers)
        line.addWidget(self.opacity)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.opacity.valueChanged.connect(lambda share: self.opacity_changed.emit(share / 100))
        self.layers.activated.connect(
            lambda _row: self.layer_chosen.emit(self.layers.currentData())
        )

    def set_layer(self, name: str) -> None:
        """Show another layer's name without telling anybody."""
        self.layers.setCurrentIndex(self.layers.findData(name))

    def set_opacity(self, opacity: float) -> None:
        """Show another opacity, 0 to 1, without telling anybody."""
        self.opacity.set_value(100 * opacity)
