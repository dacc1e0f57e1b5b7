"""A value on a slider, with the number beside it."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from segstudio.gui.widgets.number_field import NumberField
from segstudio.gui.widgets.row import Row

SETTLE_MS = 300
_POSITIONS = 1000
_PAGE = 10

_KEYS: dict[int, int] = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: _PAGE,
    Qt.Key.Key_PageDown: -_PAGE,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How values lie along a slider.

    Raises
    ------
    ValueError
        Where the bounds are no range, or a logarithmic one does not start above zero.
    """

    minimum: float
    maximum: float
    decimals: int = 0
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if self.maximum <= self.minimum or (self.logarithmic and self.minimum <= 0):
            raise ValueError(f"no scale runs from {self.minimum} to {self.maximum}")

    @property
    def unit(self) -> float:
        """The smallest difference."""
        return 10.0**-self.decimals

    def rounded(self, value: float) -> float:
        return min(self.maximum, max(self.minimum, round(value, self.decimals)))

    def fraction(self, value: float) -> float:
        """Place of a value, 0 to 1."""
        if self.logarithmic:
            return math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return (value - self.minimum) / (self.maximum - self.minimum)

    def value(self, fraction: float) -> float:
        """The value at a place."""
        if self.logarithmic:
            return self.rounded(self.minimum * (self.maximum / self.minimum) ** fraction)
        return self.rounded(self.minimum + fraction * (self.maximum - self.minimum))

    def stepped(self, value: float, steps: int) -> float:
        """The value some key presses further: a hundredth of the way each, or one unit."""
        further = self.value(min(1.0, max(0.0, self.fraction(value) + steps / 100)))
        least = value + math.copysign(self.unit, steps)
        return self.rounded(further if abs(further - value) >= self.unit / 2 else least)


class SliderRow(Row):
    """Label, slider and an editable number with its unit.

    A double click on label or slider, or Delete on the slider, sets the default again.

    Parameters
    ----------
    minimum, maximum, default
        In the unit that is shown.
    decimals
        Digits after the point; 0 makes whole numbers.
    logarithmic
        Small values get as much room as large ones; ``minimum`` is above zero then.
    """

    valueChanged = Signal(float)  # noqa: N815
    settled = Signal(float)

    def __init__(
        self,
        label: str,
        minimum: float,
        maximum: float,
        default: float,
        *,
        decimals: int = 0,
        unit: str = "",
        tooltip: str = "",
        logarithmic: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self.number = NumberField(minimum, maximum, decimals, unit)
        reset = f"Double-click sets {self.number.shown(default)}."
        super().__init__(label, f"{tooltip}\n{reset}".strip(), parent)
        self._scale = Scale(minimum, maximum, decimals, logarithmic)
        self._default = self._scale.rounded(default)
        self._value = self._default
        self._unsettled = False
        self.slider = _Slider(label)
        self.number.setAccessibleName(label)
        self.number.setFixedWidth(self.control_width())
        self.line.addWidget(self.slider, 1)
        self.line.addWidget(self.number)
        self._pause = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._connect()
        self._show()

    def value(self) -> float:
        """What is set, rounded to the decimals that are shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value without telling anybody; it is clipped to the range."""
        if self._scale.rounded(value) != self._value:
            self._pause.stop()
            self._unsettled = False
            self._value = self._scale.rounded(value)
        self._show()

    def reset(self) -> None:
        """Set the default, as a double click does."""
        self._take(self._default)
        self._settle()

    def control_width(self) -> int:
        return self.number.width_needed()

    def set_control_width(self, width: int) -> None:
        self.number.setFixedWidth(width)

    def _connect(self) -> None:
        self.label.double_clicked.connect(self.reset)
        self.slider.reset_wanted.connect(self.reset)
        self.slider.stepped.connect(lambda n: self._take(self._scale.stepped(self._value, n)))
        self.slider.valueChanged.connect(lambda p: self._take(self._scale.value(p / _POSITIONS)))
        self.slider.sliderReleased.connect(self._settle)
        self.number.valueChanged.connect(self._take)
        self._pause.timeout.connect(self._settle)

    def _take(self, value: float) -> None:
        value = self._scale.rounded(value)
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self._unsettled = True
            self.valueChanged.emit(value)
            if not self.slider.isSliderDown():
                self._pause.start()

    def _settle(self) -> None:
        self._pause.stop()
        if self._unsettled:
            self._unsettled = False
            self.settled.emit(self._value)

    def _show(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(self._scale.fraction(self._value) * _POSITIONS))
        with QSignalBlocker(self.number):
            self.number.setValue(self._value)


class _Slider(QSlider):
    """Jumps to where it is clicked, and leaves the wheel to the panel it lies in."""

    stepped = Signal(int)
    reset_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRange(0, _POSITIONS)
        self.setMinimumWidth(64)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._on_handle(event):
            self.setValue(self._position_under(event))
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _KEYS:
            self.stepped.emit(_KEYS[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _on_handle(self, event: QMouseEvent) -> bool:
        hit = self.style().hitTestComplexControl(
            QStyle.ComplexControl.CC_Slider, self._option(), event.position().toPoint(), self
        )
        return hit == QStyle.SubControl.SC_SliderHandle

    def _position_under(self, event: QMouseEvent) -> int:
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider,
            self._option(),
            QStyle.SubControl.SC_SliderHandle,
            self,
        )
        travel = self.width() - handle.width()
        place = round(event.position().x() - handle.width() / 2)
        return QStyle.sliderValueFromPosition(0, _POSITIONS, place, travel)

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option
