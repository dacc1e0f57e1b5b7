"""A line above the canvas as long as a rule is in force: rules are easily forgotten."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from segstudio.gui import theme
from segstudio.gui.protection_state import ProtectionState
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.icon_label import IconLabel

_DRAWING = "Draw around the region to paint in. Shift adds to it, Esc leaves it as it is."


class RuleSign(QFrame):
    """Says which rules are in force, with one click to clear them; hidden without any."""

    clear_requested = Signal()
    """All rules shall go."""

    cancel_requested = Signal()
    """No region shall be drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._sign = IconLabel("shield-outline", "caution")
        self.text = ElidedLabel()
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Clear all rules that protect")
        self.cancel = QPushButton("Cancel")
        self.clear.clicked.connect(self.clear_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.STEP, theme.STEP // 2, theme.STEP, theme.STEP // 2)
        line.setSpacing(theme.STEP)
        line.addWidget(self._sign)
        line.addWidget(self.text, 1)
        line.addWidget(self.clear)
        line.addWidget(self.cancel)
        self.hide()

    def show_state(self, state: ProtectionState) -> None:
        """Show the rules, or, while a region is drawn, how."""
        text = _DRAWING if state.drawing else state.in_words()
        self._sign.set_icon("lasso" if state.drawing else "shield-outline", "caution")
        self.text.setText(text)
        self.text.setToolTip(text)
        self.clear.setVisible(not state.drawing)
        self.cancel.setVisible(state.drawing)
        self.setVisible(bool(text))
