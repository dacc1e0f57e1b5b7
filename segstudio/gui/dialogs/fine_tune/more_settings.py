"""The settings that most people leave alone."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.fine_tune.situation import DeviceChoice
from segstudio.gui.widgets.choice_row import ChoiceRow
from segstudio.gui.widgets.number_row import NumberRow
from segstudio.gui.widgets.row import Row, align
from segstudio.gui.widgets.slider_row import SliderRow
from segstudio.training.settings import TrainSettings

_AUTOMATIC = "Automatic"
_DEFAULTS = TrainSettings()

_LOSSES = {"Cross entropy + Dice": "ce+dice", "Cross entropy": "ce"}
_BATCHES = {_AUTOMATIC: None, **{str(size): size for size in (1, 2, 4, 8, 16, 32)}}
_CROPS = {
    _AUTOMATIC: None,
    **{f"{edge} x {edge} px": (edge, edge) for edge in (128, 192, 256, 384, 512, 768)},
}
_SCALES = {_AUTOMATIC: None, **{f"{round(100 * s)} %": s for s in (0.25, 0.5, 0.75, 1.0)}}
_LARGEST_SEED = 999_999
_FIELD_WIDTH = 11 * theme.STEP
"""Room for the word "Automatic" in a field of numbers."""


class MoreSettings(QWidget):
    """Loss, batches, crops, learning rate, held-back share, device and seed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices: dict[str, str] = {}
        self.loss = _choice("Loss", _LOSSES, "Dice helps classes that cover few pixels.")
        self.batch_size = _choice("Batch size", _BATCHES, "Crops that one step learns from.")
        self.crop = _choice("Crop", _CROPS, "Size of the pieces that one step sees.")
        self.scale = _choice(
            "Working size", _SCALES, "Pictures are shrunk to this share before they are learnt."
        )
        self.learning_rate = NumberRow(
            "Learning rate", 0.0, minimum=0.0, maximum=1.0, decimals=5, tooltip="0 is automatic."
        )
        self.learning_rate.number.setSpecialValueText(_AUTOMATIC)
        self.held_back = SliderRow(
            "Held back",
            5,
            50,
            100 * _DEFAULTS.validation_share,
            unit="%",
            tooltip="Share of the frames that is not learnt from, but measures the result.",
        )
        self.seed = NumberRow(
            "Seed",
            _DEFAULTS.seed,
            minimum=0,
            maximum=_LARGEST_SEED,
            tooltip="The same seed gives the same split and the same order.",
        )
        self.device = ChoiceRow("Device", (_AUTOMATIC,), _AUTOMATIC)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * theme.STEP, 0, 0, 0)
        self._column.setSpacing(theme.STEP // 2)
        for row in self._rows():
            self._column.addWidget(row)
        self._align()
        self.held_back.valueChanged.connect(self.changed)

    def set_devices(self, devices: tuple[DeviceChoice, ...]) -> None:
        """Offer these; the choice stays where it is among them."""
        if not devices:
            return
        chosen = self._devices.get(self.device.value(), "")
        self._devices = {device.label: device.name for device in devices}
        labels = {device.name: device.label for device in devices}
        row = ChoiceRow("Device", tuple(self._devices), devices[0].label)
        row.set_value(labels.get(chosen, devices[0].label))
        self._column.replaceWidget(self.device, row)
        self.device.deleteLater()
        self.device = row
        self._align()

    def validation_share(self) -> float:
        """0 to 1."""
        return round(self.held_back.value() / 100, 4)

    def values(self) -> dict[str, Any]:
        """Fields of :class:`TrainSettings`."""
        return {
            "loss": _LOSSES[self.loss.value()],
            "batch_size": _BATCHES[self.batch_size.value()],
            "crop": _CROPS[self.crop.value()],
            "scale": _SCALES[self.scale.value()],
            "lr": self.learning_rate.value() or None,
            "seed": int(self.seed.value()),
            "device": self._devices.get(self.device.value(), _DEFAULTS.device),
            "validation_share": self.validation_share(),
        }

    def _align(self) -> None:
        align(self._rows())
        for row in self._rows():
            row.set_control_width(_FIELD_WIDTH)

    def _rows(self) -> list[Row]:
        return [
            self.loss,
            self.batch_size,
            self.crop,
            self.scale,
            self.learning_rate,
            self.held_back,
            self.device,
            self.seed,
        ]


def _choice(label: str, choices: Mapping[str, object], tooltip: str) -> ChoiceRow:
    return ChoiceRow(label, tuple(choices), next(iter(choices)), tooltip=tooltip)
