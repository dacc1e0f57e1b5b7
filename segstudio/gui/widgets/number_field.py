"""A number with its unit that is edited in place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

_UNBOUNDED = 1e9


class NumberField(QDoubleSpinBox):
    """A spin box without buttons: typed, or stepped with the arrow keys.

    The style sheet makes the buttons zero pixels wide: ``NoButtons`` together with a border from a
    style sheet leaves Qt 6.11 one pixel for the text.
    The wheel changes it only while it has the focus, so that scrolling a panel changes nothing.
    """

    def __init__(
        self,
        minimum: float | None,
        maximum: float | None,
        decimals: int = 0,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.setDecimals(decimals)
        self.setRange(
            -_UNBOUNDED if minimum is None else minimum, _UNBOUNDED if maximum is None else maximum
        )
        self.setSingleStep(10.0**-decimals)
        # "%" and "°" belong to their number; other units stand apart from it.
        self.setSuffix(unit if unit in ("", "%", "°") else f" {unit}")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def shown(self, value: float) -> str:
        """A value as it is written here, with its unit."""
        return self.textFromValue(value) + self.suffix()

    def width_needed(self) -> int:
        """Pixels for the longest number that it can hold."""
        bounds = (b for b in (self.minimum(), self.maximum()) if abs(b) < _UNBOUNDED)
        texts = [self.shown(bound) for bound in bounds]
        metrics = self.fontMetrics()
        return max([metrics.horizontalAdvance(text) for text in [*texts, "000000"]]) + 20
