"""The CRF panel: how a prediction is refined, live."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QToolButton, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.choice_row import ChoiceRow
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.row import align
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.switch_row import SwitchRow
from segstudio.inference.crf_parameters import PRESETS, CrfParameters, preset_of

_OWN = "own"


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
        self.preset = ChoiceRow(
            "Preset",
            (*PRESETS, _OWN),
            preset_of(CrfParameters()),
            tooltip="Gentle spares thin things, strong trusts the picture more than the network",
        )
        self.form = OptionsForm(CrfParameters)
        align([self.preset, *self.form.rows.values()])
        self.reset = QToolButton()
        self.reset.setIcon(theme.icon("restore"))
        self.reset.setIconSize(theme.PANEL_ICON)
        self.reset.setToolTip("Set every parameter to its default")
        self.reset.setAccessibleName("Reset all parameters")
        self._state = ElidedLabel()
        self._state.setProperty("role", "quiet")
        self._lay_out()
        self.on.valueChanged.connect(self._switch)
        self.preset.valueChanged.connect(self._take_preset)
        self.form.options_changed.connect(self._show_preset)
        self.form.options_changed.connect(self.changed)
        self.form.options_settled.connect(self.settled)
        self.reset.clicked.connect(self.form.reset)
        self._enable(False)
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
        self._show_preset(parameters)

    def set_busy(self, busy: bool) -> None:
        """Say that the picture does not show the newest parameters yet."""
        self._state.setText("Updating…" if busy else "")

    def _lay_out(self) -> None:
        self.on.line.insertWidget(self.on.line.indexOf(self.on.switch), self.reset)
        controls = ScrollPage()
        column = controls.column
        column.addWidget(self.on)
        column.addWidget(self.preset)
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

    def _take_preset(self, name: str) -> None:
        if name in PRESETS:
            self.set_parameters(replace(PRESETS[name], penalties=self.form.options().penalties))
            self.changed.emit(self.form.options())
            self.settled.emit(self.form.options())

    def _show_preset(self, parameters: CrfParameters) -> None:
        self.preset.set_value(preset_of(parameters) or _OWN)

    def _enable(self, on: bool) -> None:
        self.preset.setEnabled(on)
        self.form.setEnabled(on)
        self.reset.setEnabled(on)
