"""The model panel: which network labels, on what device, and the button that lets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.icon_label import IconLabel
from segstudio.gui.widgets.row import Row
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.section import Section
from segstudio.gui.widgets.switch_row import SwitchRow

State = Literal["loading", "ready", "busy", "missing"]

_FILE = "file:"
# Model, button, state and the line that unfolds the details.
_LEAST_HEIGHT = 18 * theme.STEP
_SIGNS: dict[State, tuple[str, str]] = {
    "loading": ("timer-sand", "quiet"),
    "ready": ("check-circle-outline", "good"),
    "busy": ("progress-clock", "info"),
    "missing": ("alert-circle-outline", "caution"),
}
_WORDS: dict[State, str] = {
    "loading": "Loading…",
    "ready": "Ready",
    "busy": "Predicting…",
    "missing": "No model",
}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model that can be chosen; ``detail`` is one line on what it is."""

    key: str
    label: str
    detail: str
    group: str


class ModelPanel(ScrollPage):
    """Chooses a model and a device, and asks for a prediction."""

    model_chosen = Signal(str)
    checkpoint_file_requested = Signal()
    device_chosen = Signal(str)
    predict_requested = Signal()
    predict_on_open_toggled = Signal(bool)
    about_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, least=_LEAST_HEIGHT)
        self._choices: dict[str, ModelChoice] = {}
        self._chosen = ""
        self._state: State = "loading"
        self.models = CalmComboBox()
        self.models.setAccessibleName("Model")
        self.models.setToolTip("The network that labels the frame")
        self.about = QToolButton()
        self.about.setIcon(theme.icon("information-outline", "quiet"))
        self.about.setAccessibleName("About this model")
        self.about.setToolTip("About this model: paper, size, how it is built")
        self._detail = QLabel()
        self._detail.setWordWrap(True)
        self.devices = CalmComboBox()
        self.devices.setAccessibleName("Device")
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        for quiet in (self._detail, self._reason):
            quiet.setProperty("role", "quiet")
        self.predict = QPushButton(theme.icon("auto-fix", "on_accent"), "Predict")
        self.predict.setIconSize(theme.BUTTON_ICON)
        self.predict.setProperty("role", "primary")
        self.on_open = SwitchRow(
            "Predict on open", False, tooltip="Predict every unlabelled frame when it is opened"
        )
        self._sign = IconLabel("timer-sand", "quiet")
        self._said = ElidedLabel()
        self._said.setProperty("role", "quiet")
        self.details = self._make_details()
        self._lay_out()
        self._connect()
        self.set_choices([])
        self.set_device_choices(["auto"])
        self.set_device_reason("")
        self.set_state("loading", "")

    def set_choices(self, choices: Sequence[ModelChoice]) -> None:
        """Offer these models, under the headings of their groups in the order they come."""
        self._choices = {choice.key: choice for choice in choices}
        with QSignalBlocker(self.models):
            self.models.setModel(_items(choices, self.models))
        self._show_chosen()

    def set_chosen(self, key: str) -> None:
        """Mark the model that is used, without telling anybody."""
        self._chosen = key
        self._show_chosen()

    def set_device_choices(self, names: Sequence[str]) -> None:
        """Offer these devices, such as auto, cpu, cuda."""
        device = self.devices.currentData()
        with QSignalBlocker(self.devices):
            self.devices.clear()
            for name in names:
                self.devices.addItem(_device_label(name), name)
        self.set_device(device if device in names else next(iter(names), ""))

    def set_device(self, name: str) -> None:
        """Mark the device that was asked for, without telling anybody."""
        with QSignalBlocker(self.devices):
            self.devices.setCurrentIndex(self.devices.findData(name))

    def set_device_reason(self, reason: str) -> None:
        """Say where networks run and why, such as "CPU: PyTorch finds no CUDA device"."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))

    def set_predict_on_open(self, on: bool) -> None:
        """Show whether frames are predicted when they are opened, without telling anybody."""
        self.on_open.set_value(on)

    def set_predict_shortcut(self, keys: str) -> None:
        """Show the keys that do the same as the button."""
        self.predict.setText(f"Predict ({keys})" if keys else "Predict")
        self.predict.setAccessibleName("Predict")
        self.predict.setToolTip(f"Let the model label this frame ({keys})" if keys else "")

    def set_state(self, kind: State, text: str) -> None:
        """Say what the model does; where ``text`` is empty, a word for the kind is shown."""
        self._state = kind
        self._sign.set_icon(*_SIGNS[kind])
        self._said.setText(text or _WORDS[kind])
        self._enable()

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(theme.STEP // 2)
        state.addWidget(self._sign)
        state.addWidget(self._said, 1)
        model = QHBoxLayout()
        model.setSpacing(theme.STEP // 2)
        model.addWidget(self.models, 1)
        model.addWidget(self.about)
        column = self.column
        column.addLayout(model)
        column.addWidget(self.predict)
        column.addLayout(state)
        column.addWidget(self.details)
        column.addStretch(1)

    def _make_details(self) -> Section:
        """What is looked at once, then left alone."""
        device = Row("Device", "Where networks run")
        device.line.addWidget(self.devices, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        for part in (self._detail, device, self._reason, self.on_open):
            column.addWidget(part)
        return Section("Details", body, expanded=False)

    def _connect(self) -> None:
        self.models.activated.connect(self._picked)
        self.devices.activated.connect(
            lambda place: self.device_chosen.emit(self.devices.itemData(place))
        )
        self.about.clicked.connect(self.about_requested)
        self.predict.clicked.connect(self.predict_requested)
        self.on_open.valueChanged.connect(self.predict_on_open_toggled)

    def _picked(self, place: int) -> None:
        key = self.models.itemData(place)
        if key == _FILE:
            self._show_chosen()
            self.checkpoint_file_requested.emit()
        elif key != self._chosen:
            self.set_chosen(key)
            self.model_chosen.emit(key)

    def _show_chosen(self) -> None:
        choice = self._choices.get(self._chosen)
        with QSignalBlocker(self.models):
            self.models.setCurrentIndex(self.models.findData(self._chosen) if choice else -1)
        self.models.setPlaceholderText("Choose a model")
        self._detail.setText(choice.detail if choice else "Choose a model to predict with.")
        self._enable()

    def _enable(self) -> None:
        usable = self._state in ("ready", "missing") and self._chosen in self._choices
        self.predict.setEnabled(usable)
        self.about.setEnabled(self._chosen in self._choices)


def _items(choices: Sequence[ModelChoice], parent: QWidget) -> QStandardItemModel:
    items = QStandardItemModel(parent)
    for group in dict.fromkeys(choice.group for choice in choices):
        items.appendRow(_heading(group))
        for choice in choices:
            if choice.group == group:
                items.appendRow(_item(choice.label, choice.key, choice.detail))
    items.appendRow(_item("Checkpoint file…", _FILE, "Open a checkpoint from a file"))
    return items


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    return item


def _item(text: str, key: str, tooltip: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(key, Qt.ItemDataRole.UserRole)
    item.setToolTip(tooltip)
    return item


def _device_label(name: str) -> str:
    return "Automatic" if name == "auto" else name.upper()
