"""The CRF panel: how a prediction is refined, live."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QToolButton, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.switch_row import SwitchRow
from segstudio.inference.crf import CrfParameters


class CrfPanel(QWidget):
    """Switches the dense CRF and sets its parameters."""

    toggled = Signal(bool)
    changed = Signal(object)
    """``CrfParameters`` while a slider moves."""

    settled = Signal(object)
    """``CrfParameters`` when the hand has left the slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on = SwitchRow(
            "Refine with the CRF",
            False,
            tooltip="Labels snap to edges in the picture, strokes spread to what looks alike",
        )
        self.form = OptionsForm(CrfParameters)
        self.form.setEnabled(False)
        self.reset = QToolButton()
        self.reset.setIcon(theme.icon("restore"))
        self.reset.setIconSize(theme.PANEL_ICON)
        self.reset.setToolTip("Set every parameter to its default")
        self.reset.setAccessibleName("Reset all parameters")
        self._state = ElidedLabel()
        self._state.setProperty("role", "quiet")
        self._lay_out()
        self.on.valueChanged.connect(self._switch)
        self.form.options_changed.connect(self.changed)
        self.form.options_settled.connect(self.settled)
        self.reset.clicked.connect(self.form.reset)
        self.set_available(False)

    def set_available(self, available: bool) -> None:
        """Whether there is a prediction that could be refined."""
        self._pages.setCurrentIndex(int(available))

    def set_on(self, on: bool) -> None:
        """Flip the switch without telling anybody."""
        self.on.set_value(on)
        self._enable(on)

    def set_parameters(self, parameters: CrfParameters) -> None:
        """Show these parameters without telling anybody."""
        self.form.set_options(parameters)

    def set_busy(self, busy: bool) -> None:
        """Say that the picture does not show the newest parameters yet."""
        self._state.setText("Updating…" if busy else "")

    def _lay_out(self) -> None:
        self.on.line.insertWidget(self.on.line.indexOf(self.on.switch), self.reset)
        controls = ScrollPage()
        column = controls.column
        column.addWidget(self.on)
        column.addWidget(self.form)
        column.addWidget(self._state)
        column.addStretch(1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState("auto-fix", "Predict first: the CRF refines what a model says.")
        )
        self._pages.addWidget(controls)

    def _switch(self, on: bool) -> None:
        self._enable(on)
        self.toggled.emit(on)

    def _enable(self, on: bool) -> None:
        self.form.setEnabled(on)
        self.reset.setEnabled(on)
