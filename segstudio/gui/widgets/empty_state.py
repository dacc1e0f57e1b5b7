"""What a list shows while there is nothing in it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.icon_label import IconLabel


class EmptyState(QWidget):
    """An icon, a sentence that says what to do, and perhaps the button that does it."""

    clicked = Signal()

    def __init__(
        self,
        icon_name: str,
        sentence: str,
        button: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon_name, "quiet", 32)
        self._sentence = QLabel(sentence)
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("role", "quiet")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = QPushButton(button or "")
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addStretch(1)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def set_sentence(self, sentence: str) -> None:
        """Say something else."""
        self._sentence.setText(sentence)
