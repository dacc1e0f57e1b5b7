"""What to train, from what, and for how long."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.dialogs.fine_tune.more_settings import MoreSettings
from segstudio.gui.dialogs.fine_tune.situation import FineTuneSituation, StartingModel
from segstudio.gui.dialogs.parts.architectures import ArchitectureBox, ArchitectureOptions
from segstudio.gui.dialogs.parts.radio import Radio
from segstudio.gui.dialogs.parts.text import body, heading, quiet, set_tone, title
from segstudio.gui.widgets.icon_label import IconLabel
from segstudio.gui.widgets.number_field import NumberField
from segstudio.gui.widgets.section import Section
from segstudio.training.settings import DEFAULT_STEPS, TrainSettings

_DEFAULT_MINUTES = 10.0


class SettingsPage(QWidget):
    """The first page of the fine-tune dialog."""

    resized = Signal()
    """Something was folded or unfolded."""

    changed = Signal()
    """Training may have become possible, or impossible."""

    about_requested = Signal(str)
    """An architecture to tell about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._situation: FineTuneSituation | None = None
        self._start_is_chosen = False
        self.frames = body()
        self._frames_icon = IconLabel("check-circle-outline", "good", 20)
        self._frames_remark = quiet()
        self.from_model = Radio("The model in use")
        self._model_remark = _under_radio()
        self.from_scratch = Radio("From scratch with")
        self.architecture = ArchitectureBox()
        self.about = QToolButton()
        self.about.setIcon(theme.icon("information-outline", "quiet"))
        self.about.setAccessibleName("About this network")
        self.about.setToolTip("About this network: paper, size, how it is built")
        self._architecture_remark = _under_radio()
        self.options = ArchitectureOptions()
        self.options_section = Section("Options of the network", self.options, expanded=False)
        self.for_minutes = Radio("For")
        self.minutes = NumberField(0.1, 10_000, 1)
        self.for_steps = Radio("For")
        self.steps = NumberField(1, 10_000_000)
        self.more = MoreSettings()
        self._section = Section("More settings", self.more, expanded=False)
        self.trouble = body()
        set_tone(self.trouble, "bad")
        self._groups = [self._group(self.from_model, self.from_scratch)]
        self._groups.append(self._group(self.for_minutes, self.for_steps))
        self._start_values()
        self._lay_out()
        self._connect()

    def set_situation(self, situation: FineTuneSituation) -> None:
        """Show where the project stands; what the user has set stays where it still fits."""
        self._situation = situation
        self.more.set_devices(situation.devices)
        self._fill_architectures(situation)
        self._show_model(situation.model)
        self._show_frames()
        self.show_trouble("")

    def can_start(self) -> bool:
        """Whether nothing stands in the way."""
        situation = self._situation
        if situation is None or situation.obstacle()[0]:
            return False
        return self.from_model.isChecked() or bool(situation.architectures)

    def settings(self) -> TrainSettings:
        """What is set.

        Raises
        ------
        SegStudioError
            Where a value makes no sense.
        """
        values: dict[str, Any] = self.more.values()
        model = self._situation.model if self._situation else None
        if self.from_model.isChecked() and model is not None:
            values["init"] = model.path
        else:
            values["model"] = self.architecture.currentData()
            values["options"] = self.options.values()
        if self.for_minutes.isChecked():
            values["minutes"] = self.minutes.value()
        else:
            values["steps"] = int(self.steps.value())
        return TrainSettings(**values)

    def start_label(self) -> str:
        """What is trained, in a few words."""
        model = self._situation.model if self._situation else None
        if self.from_model.isChecked() and model is not None:
            return model.label
        return self.architecture.currentText()

    def before(self) -> float | None:
        """Mean IoU of the model that training starts from, where it is known."""
        model = self._situation.model if self._situation else None
        return model.mean_iou if model and self.from_model.isChecked() else None

    def show_trouble(self, text: str) -> None:
        """Say what is wrong with the settings; "" for nothing."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        self.resized.emit()

    def _group(self, *buttons: Radio) -> QButtonGroup:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
        return group

    def _start_values(self) -> None:
        self.from_model.setChecked(True)
        self.for_minutes.setChecked(True)
        self.minutes.setValue(_DEFAULT_MINUTES)
        self.minutes.setAccessibleName("Minutes")
        self.steps.setValue(DEFAULT_STEPS)
        self.steps.setAccessibleName("Steps")
        for field in (self.minutes, self.steps):
            field.setFixedWidth(8 * theme.STEP)

    def _connect(self) -> None:
        self._section.toggled.connect(lambda on: self._fold_other(self.options_section, on))
        self.options_section.toggled.connect(lambda on: self._fold_other(self._section, on))
        self.options.changed.connect(self.resized)
        self.about.clicked.connect(
            lambda: self.about_requested.emit(self.architecture.currentData())
        )
        self.more.changed.connect(self._show_frames)
        self.architecture.currentIndexChanged.connect(self._show_architecture)
        # Whoever types a length or picks a network means it.
        self.minutes.valueChanged.connect(lambda _: self.for_minutes.setChecked(True))
        self.steps.valueChanged.connect(lambda _: self.for_steps.setChecked(True))
        self.architecture.activated.connect(lambda _: self.from_scratch.click())
        for button in (self.from_model, self.from_scratch):
            button.clicked.connect(self._choose_start)
            button.toggled.connect(lambda _on: self._show_options())

    def _fill_architectures(self, situation: FineTuneSituation) -> None:
        self.architecture.set_choices(situation.architectures)
        self._show_architecture()

    def _show_model(self, model: StartingModel | None) -> None:
        self.from_model.setEnabled(model is not None)
        if model is None:
            self.from_scratch.setChecked(True)
            self._model_remark.setText("It is no checkpoint that training can go on from.")
            return
        if not self._start_is_chosen:
            self.from_model.setChecked(True)
        figure = "" if model.mean_iou is None else f", validation mIoU {model.mean_iou:.2f}"
        self._model_remark.setText(model.label + figure)

    def _choose_start(self) -> None:
        self._start_is_chosen = True
        self.changed.emit()

    def _show_architecture(self) -> None:
        choice = self.architecture.choice()
        summary = choice.summary if choice else ""
        self._architecture_remark.setText(summary)
        self._architecture_remark.setVisible(bool(summary))
        self.about.setEnabled(choice is not None)
        self.options.set_architecture(choice)
        self._show_options()

    def _show_options(self) -> None:
        """A checkpoint brings its options with it: only a new network has a choice."""
        wanted = self.from_scratch.isChecked() and not self.options.is_empty()
        self.options_section.setVisible(wanted)
        self.resized.emit()

    def _fold_other(self, other: Section, unfolded: bool) -> None:
        """Both together would be higher than a small screen."""
        if unfolded:
            other.set_expanded(False)
        self.resized.emit()

    def _show_frames(self) -> None:
        situation = self._situation
        if situation is None:
            return
        obstacle, remedy = situation.obstacle()
        self._frames_icon.set_icon(
            "alert-outline" if obstacle else "check-circle-outline",
            "caution" if obstacle else "good",
        )
        self.frames.setText(obstacle or _learnt_from(situation))
        self._frames_remark.setText(remedy or self._held_back(situation.teaching_frames))

    def _held_back(self, frames: int) -> str:
        if frames == 1:
            return "It is both learnt from and measured on: label more for a figure to trust."
        held_back = min(frames - 1, max(1, round(frames * self.more.validation_share())))
        noun = "frame is" if held_back == 1 else "frames are"
        return f"About {held_back} {noun} held back to measure the result."

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(title("Fine-tune on your labels"))
        column.addWidget(
            quiet("Training runs beside your work: go on labelling, and close this at any time.")
        )
        column.addSpacing(theme.STEP)
        column.addLayout(_beside(self._frames_icon, self.frames, self._frames_remark))
        column.addSpacing(theme.STEP)
        column.addWidget(heading("Start from"))
        column.addWidget(self.from_model)
        column.addWidget(self._model_remark)
        column.addLayout(_line(self.from_scratch, self.architecture, self.about))
        column.addWidget(self._architecture_remark)
        column.addSpacing(theme.STEP)
        column.addWidget(heading("How long"))
        column.addLayout(_line(self.for_minutes, self.minutes, QLabel("minutes")))
        column.addLayout(_line(self.for_steps, self.steps, QLabel("steps")))
        column.addSpacing(theme.STEP)
        column.addWidget(self.options_section)
        column.addWidget(self._section)
        column.addWidget(self.trouble)
        column.addStretch(1)


def _learnt_from(situation: FineTuneSituation) -> str:
    done, edited = situation.verified_frames, situation.edited_frames
    all_of = f"all of {_frames(done)} marked as done"
    strokes = f"your strokes in {_frames(edited)}{' more' if done else ''}"
    return f"Learns from {' and '.join([all_of] * bool(done) + [strokes] * bool(edited))}."


def _frames(number: int) -> str:
    return f"{number} frame" if number == 1 else f"{number} frames"


def _under_radio() -> QLabel:
    label = quiet()
    label.setContentsMargins(3 * theme.STEP, 0, 0, 0)
    return label


def _line(*parts: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(theme.STEP)
    for part in parts:
        line.addWidget(part)
    line.addStretch(1)
    return line


def _beside(icon: QWidget, *texts: QWidget) -> QHBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(theme.STEP // 2)
    for text in texts:
        column.addWidget(text)
    line = QHBoxLayout()
    line.setSpacing(theme.STEP)
    icon_column = QVBoxLayout()
    icon_column.addWidget(icon)
    icon_column.addStretch(1)
    line.addLayout(icon_column)
    line.addLayout(column, 1)
    return line
