"""A number without bounds worth a slider."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from segstudio.gui.widgets.number_field import NumberField
from segstudio.gui.widgets.row import Row


class NumberRow(Row):
    """Label and an editable number with its unit; a double click on the label resets it."""

    valueChanged = Signal(float)  # noqa: N815
    settled = Signal(float)

    def __init__(
        self,
        label: str,
        default: float,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        decimals: int = 0,
        unit: str = "",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tooltip, parent)
        self._default = default
        self.number = NumberField(minimum, maximum, decimals, unit)
        self.number.setAccessibleName(label)
        self.number.setFixedWidth(self.control_width())
        self.line.addStretch(1)
        self.line.addWidget(self.number)
        self.set_value(default)
        self.label.double_clicked.connect(self.reset)
        self.number.valueChanged.connect(self._tell)

    def value(self) -> float:
        """What is set."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Show another value without telling anybody."""
        with QSignalBlocker(self.number):
            self.number.setValue(value)

    def reset(self) -> None:
        """Set the default."""
        self.number.setValue(self._default)

    def control_width(self) -> int:
        return self.number.width_needed()

    def set_control_width(self, width: int) -> None:
        self.number.setFixedWidth(width)

    def _tell(self, value: float) -> None:
        self.valueChanged.emit(value)
        self.settled.emit(value)
