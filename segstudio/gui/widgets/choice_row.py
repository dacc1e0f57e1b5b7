"""One of a few values."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from segstudio.gui.widgets.row import Row


class ChoiceRow(Row):
    """Label and a drop-down list.

    Parameters
    ----------
    choices
        The values; their text is shown, with a capital where it is a word.
    default
        Set at first, and by a double click on the label.
    """

    valueChanged = Signal(object)  # noqa: N815
    settled = Signal(object)

    def __init__(
        self,
        label: str,
        choices: Sequence[Any],
        default: Any,
        *,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tooltip, parent)
        self._choices = tuple(choices)
        self._default = default
        self.combo = CalmComboBox()
        self.combo.setAccessibleName(label)
        self.combo.addItems([_shown(choice) for choice in self._choices])
        self.line.addWidget(self.combo, 1)
        self.set_value(default)
        self.label.double_clicked.connect(self.reset)
        self.combo.currentIndexChanged.connect(self._tell)

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values, in the order of the list."""
        return self._choices

    def value(self) -> Any:
        """The chosen value."""
        return self._choices[self.combo.currentIndex()]

    def set_value(self, value: Any) -> None:
        """Show another choice without telling anybody.

        Raises
        ------
        ValueError
            Where the value is none of the choices.
        """
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self._choices.index(value))

    def reset(self) -> None:
        """Set the default."""
        self.combo.setCurrentIndex(self._choices.index(self._default))

    def _tell(self, _index: int) -> None:
        self.valueChanged.emit(self.value())
        self.settled.emit(self.value())


class CalmComboBox(QComboBox):
    """A drop-down list that leaves the wheel to the panel it lies in, and shrinks with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _shown(choice: Any) -> str:
    text = str(choice).replace("_", " ")
    words = text.replace(" ", "").isalpha()
    # "round" is a word; "ce" and "bf16" are names that a capital would misspell.
    return text[:1].upper() + text[1:] if words and (len(text) > 3 or text == "off") else text
