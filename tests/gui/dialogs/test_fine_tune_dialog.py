"""The fine-tune dialog, driven by mouse and keys."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.options import option
from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.fine_tune import (
    ArchitectureChoice,
    DeviceChoice,
    FineTuneDialog,
    FineTuneSituation,
    StartingModel,
)
from segstudio.gui.dialogs.parts.architectures import FirstWeights
from segstudio.training.report import TrainReport

CLASSES = ClassTable.of_names(["road", "sky", "car"])
MODEL = StartingModel(Path("/models/starter.safetensors"), "Street scenes", 0.62)


@dataclass(frozen=True)
class Options:
    weights: str = option("none", "First weights", "From", choices=("none", "imagenet"))
    width: int = option(64, "Width", "Channels", minimum=4, maximum=128)


ARCHITECTURES = (
    ArchitectureChoice("unet", "U-Net", "Small and quick."),
    ArchitectureChoice(
        "fcn_resnet50",
        "FCN",
        "Large.",
        options=Options,
        first_weights=(FirstWeights("imagenet", "ImageNet's", "A download of 98 MB, once."),),
    ),
)
CHECKPOINT = Path("/project/runs/1/checkpoint.safetensors")


def situation(**changes):
    values = {
        "verified_frames": 10,
        "edited_frames": 0,
        "frames": 20,
        "classes": CLASSES,
        "architectures": ARCHITECTURES,
        "model": MODEL,
        "devices": (DeviceChoice("auto", "Automatic"), DeviceChoice("cpu", "Processor")),
    }
    return FineTuneSituation(**{**values, **changes})


def report(step, mean_iou=None, **changes):
    values = {
        "step": step,
        "steps": 100,
        "loss": 2.0 / step,
        "lr": 1e-3,
        "seconds": step * 1.0,
        "eta_seconds": 100.0 - step,
        "images_per_second": 12.34,
        "mean_iou": mean_iou,
        "per_class_iou": mean_iou and {"road": mean_iou, "sky": 0.25, "car": None},
        "best_mean_iou": mean_iou,
        "checkpoint": CHECKPOINT if mean_iou else None,
    }
    return TrainReport(**{**values, **changes})


@pytest.fixture
def dialog(qtbot):
    dialog = FineTuneDialog()
    qtbot.addWidget(dialog)
    dialog.heard = []
    dialog.start_requested.connect(lambda settings: dialog.heard.append(("start", settings)))
    dialog.stop_requested.connect(lambda: dialog.heard.append(("stop",)))
    dialog.use_requested.connect(lambda path: dialog.heard.append(("use", path)))
    dialog.set_situation(situation())
    dialog.bring_forward()
    qtbot.waitExposed(dialog)
    return dialog


def click(qtbot, button):
    assert button.isVisible()
    # At the left: a radio button is as wide as its row, but only its text can be clicked.
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def type_into(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)


def test_it_is_not_modal(dialog):
    assert not dialog.isModal()
    assert QApplication.activeModalWidget() is None


def test_defaults_go_on_from_the_model_in_use_for_ten_minutes(dialog, qtbot):
    click(qtbot, dialog.start)
    [(_, settings)] = dialog.heard
    assert settings.init == MODEL.path
    assert settings.minutes == 10
    assert settings.steps is None
    assert (settings.batch_size, settings.crop, settings.lr, settings.scale) == (None,) * 4
    assert settings.loss == "ce+dice"
    assert settings.device == "auto"
    assert settings.validation_share == pytest.approx(0.2)


def test_a_network_from_scratch_for_some_steps(dialog, qtbot):
    dialog.settings.architecture.setFocus()
    qtbot.keyClick(dialog.settings.architecture, Qt.Key.Key_Down)
    click(qtbot, dialog.settings.from_scratch)
    type_into(qtbot, dialog.settings.steps, "250")
    assert dialog.settings.for_steps.isChecked(), "typing a number means it"
    click(qtbot, dialog.start)
    [(_, settings)] = dialog.heard
    assert (settings.model, settings.init) == ("fcn_resnet50", None)
    assert (settings.steps, settings.minutes) == (250, None)


def test_more_settings_are_folded_away_and_arrive(dialog, qtbot):
    more = dialog.settings.more
    assert not more.isVisible()
    height = dialog.height()
    click(qtbot, dialog.settings._section.header)
    qtbot.waitUntil(lambda: dialog.height() > height)
    assert more.isVisible()
    for row, key in (
        (more.batch_size, "4"),
        (more.crop, "2"),
        (more.loss, "C"),
        (more.device, "P"),
    ):
        row.combo.setFocus()
        qtbot.keyClicks(row.combo, key)
    type_into(qtbot, more.learning_rate.number, "0.0005")
    type_into(qtbot, more.held_back.number, "30")
    type_into(qtbot, more.seed.number, "7")
    click(qtbot, dialog.start)
    [(_, settings)] = dialog.heard
    assert settings.batch_size == 4
    assert settings.crop == (256, 256)
    assert settings.loss == "ce"
    assert settings.device == "cpu"
    assert settings.lr == pytest.approx(0.0005)
    assert settings.validation_share == pytest.approx(0.3)
    assert settings.seed == 7


def test_it_says_how_many_frames_teach_and_are_held_back(dialog):
    assert dialog.settings.frames.text() == "Learns from all of 10 frames marked as done."
    dialog.set_situation(situation(edited_frames=5))
    assert dialog.settings.frames.text() == (
        "Learns from all of 10 frames marked as done and your strokes in 5 frames more."
    )
    assert "About 3 frames are held back" in dialog.settings._frames_remark.text()
    dialog.settings.more.held_back.slider.setValue(0)
    assert "About 1 frame is held back" in dialog.settings._frames_remark.text()
    dialog.set_situation(situation(verified_frames=1))
    assert "both learnt from and measured on" in dialog.settings._frames_remark.text()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verified_frames": 0}, "No frame is labelled by you yet."),
        ({"classes": ClassTable.of_names(["road"])}, "fewer than two classes"),
        ({"problem": "The project is read-only.", "remedy": "Close it."}, "is read-only"),
    ],
)
def test_what_stands_in_the_way_is_said_with_its_remedy(dialog, qtbot, changes, said):
    dialog.set_situation(situation(**changes))
    assert said in dialog.settings.frames.text()
    assert dialog.settings._frames_remark.text()
    assert not dialog.start.isEnabled()
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert dialog.heard == []


def test_without_a_model_to_go_on_from_it_starts_from_scratch(dialog, qtbot):
    dialog.set_situation(situation(model=None))
    assert not dialog.settings.from_model.isEnabled()
    click(qtbot, dialog.start)
    assert dialog.heard[0][1].model == "unet"


def test_nothing_can_start_before_the_networks_are_listed(dialog, qtbot):
    dialog.set_situation(situation(architectures=(), model=None))
    assert not dialog.start.isEnabled()
    dialog.set_situation(situation())
    assert dialog.start.isEnabled()
    assert dialog.settings.from_model.isChecked(), "nobody has chosen otherwise"


def test_what_the_user_chose_outlives_a_new_situation(dialog, qtbot):
    click(qtbot, dialog.settings.from_scratch)
    dialog.settings.architecture.setFocus()
    qtbot.keyClick(dialog.settings.architecture, Qt.Key.Key_Down)
    dialog.set_situation(situation(verified_frames=11))
    assert dialog.settings.from_scratch.isChecked()
    assert dialog.settings.architecture.currentText() == "FCN"


def test_a_run_is_shown_live(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(0, 0, "Reading frames"))
    assert dialog.run.message.text() == "Reading frames"
    for step in range(1, 51):
        told = report(step, mean_iou=0.5 if step == 40 else None)
        dialog.show_progress(Progress(step, 100, f"Step {step}", told))
    losses, scores = dialog.run.curves.points()
    assert [step for step, _ in losses] == list(range(1, 51))
    assert scores == [(40, 0.5)]
    assert dialog.run.bar.value() == 500
    for word in ("Step 50 of about 100", "0:50 elapsed", "0:50 left", "12.3 crops/s"):
        assert word in dialog.run.times.text()
    bars = dialog.run.class_bars
    assert [bars.figure(name) for name in CLASSES.names] == ["0.50", "0.25", "–"]


def test_curves_are_drawn_some_times_a_second_at_most(dialog, qtbot):
    click(qtbot, dialog.start)
    drawn = []
    line = dialog.run.curves._loss._line
    line.sigPlotChanged.connect(lambda _line: drawn.append(len(line.getOriginalDataset()[0])))
    for step in range(1, 201):
        dialog.show_progress(Progress(step, 300, "", report(step)))
    qtbot.waitUntil(lambda: 200 in drawn, timeout=2000)
    assert len(drawn) < 5


def test_the_end_offers_the_model(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(100, 100, "", report(100, 0.7)))
    dialog.show_finished(report(100, 0.7))
    assert not dialog.running
    assert not dialog.stop.isVisible()
    assert dialog.run.best.text() == "0.700"
    assert "0.620 before, 0.700 now (+0.080)" in dialog.run.message.text()
    assert dialog.run.place.text() == str(CHECKPOINT)
    click(qtbot, dialog.run._copy)
    assert QGuiApplication.clipboard().text() == str(CHECKPOINT)
    click(qtbot, dialog.use)
    assert dialog.heard[-1] == ("use", CHECKPOINT)
    assert not dialog.isVisible()


def test_stopping_waits_for_the_best_and_says_so(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(10, 100, "Step 10", report(10, 0.4)))
    click(qtbot, dialog.stop)
    assert dialog.heard[-1] == ("stop",)
    assert dialog.running
    assert "keeping the best" in dialog.run.message.text()
    dialog.show_progress(Progress(11, 100, "Step 11", report(11)))
    assert "keeping the best" in dialog.run.message.text(), "late news must not hide the wish"
    qtbot.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    assert dialog.heard.count(("stop",)) == 1
    dialog.show_finished(report(11, 0.4))
    assert dialog.run._title.text() == "Training was stopped"
    assert dialog.use.isVisible()


def test_a_run_that_was_stopped_too_early_offers_nothing(dialog, qtbot):
    click(qtbot, dialog.start)
    click(qtbot, dialog.stop)
    dialog.show_finished(report(1))
    assert not dialog.use.isVisible()
    assert "before there was anything to keep" in dialog.run.message.text()
    click(qtbot, dialog.again)
    assert dialog.start.isVisible()


def test_a_failure_is_shown_with_its_remedy_and_leads_back(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_failed(SegStudioError("cuda", "ran out of memory", "Choose a smaller crop."))
    assert not dialog.running
    assert dialog.failure.sentence() == "Training failed"
    assert dialog.failure.remark() == "cuda: ran out of memory.\nChoose a smaller crop."
    click(qtbot, dialog.back)
    assert dialog.start.isVisible()
    click(qtbot, dialog.start)
    assert [entry[0] for entry in dialog.heard] == ["start", "start"]


def test_a_second_run_begins_with_empty_curves(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(50, 100, "", report(50, 0.5)))
    dialog.show_finished(report(50, 0.5))
    click(qtbot, dialog.again)
    click(qtbot, dialog.start)
    assert dialog.run.curves.points() == ([], [])
    assert dialog.run.best.text() == "–"
    assert dialog.run.class_bars.figure("road") == "–"


def test_it_is_closed_while_training_goes_on_and_reopened_where_it_was(dialog, qtbot):
    click(qtbot, dialog.start)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert [entry[0] for entry in dialog.heard] == ["start"], "closing stops nothing"
    dialog.show_progress(Progress(30, 100, "Step 30", report(30)))
    dialog.set_situation(situation())
    dialog.bring_forward()
    assert dialog.run.isVisible()
    assert dialog.run.message.text() == "Step 30"


def test_it_fits_a_small_screen(dialog, qtbot):
    many = ClassTable.of_names([f"class {n}" for n in range(40)])
    dialog.set_situation(situation(classes=many))
    click(qtbot, dialog.start)
    assert dialog.height() <= 720
    assert dialog.width() <= 1280


def test_a_change_of_theme_reaches_the_plots(dialog, qtbot, qapp):
    click(qtbot, dialog.start)
    plot = dialog.run.curves._loss.plot
    for shade in ("light", "dark"):
        theme.apply(qapp, shade)
        assert plot.backgroundBrush().color() == theme.palette_of(shade).colour("base")


def test_the_plots_library_is_loaded_with_the_first_run_only():
    looking = "import sys, segstudio.gui.dialogs.fine_tune; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pyqtgraph", "torch"} & set(modules)


def test_options_of_a_new_network_are_set_in_its_folded_part(dialog, qtbot):
    settings = dialog.settings
    assert not settings.options_section.isVisible(), "a checkpoint brings its own"
    click(qtbot, settings.from_scratch)
    assert not settings.options_section.isVisible(), "this network has none"
    settings.architecture.setFocus()
    qtbot.keyClick(settings.architecture, Qt.Key.Key_Down)
    click(qtbot, settings.options_section.header)
    rows = settings.options.form.rows
    qtbot.keyClick(rows["weights"].combo, Qt.Key.Key_Down)
    assert settings.options.cost.text() == "A download of 98 MB, once."
    rows["width"].number.setFocus()
    rows["width"].number.selectAll()
    qtbot.keyClicks(rows["width"].number, "16\t")
    click(qtbot, dialog.start)
    ((_, started),) = dialog.heard
    assert (started.model, started.options) == (
        "fcn_resnet50",
        {"weights": "imagenet", "width": 16},
    )


def test_only_one_part_is_unfolded_at_a_time(dialog, qtbot):
    settings = dialog.settings
    click(qtbot, settings.from_scratch)
    settings.architecture.setCurrentIndex(1)
    click(qtbot, settings.options_section.header)
    click(qtbot, settings._section.header)
    assert not settings.options_section.expanded()
    click(qtbot, settings.options_section.header)
    assert not settings._section.expanded()


def test_a_network_can_be_asked_about(dialog, qtbot):
    asked = []
    dialog.settings.about_requested.connect(asked.append)
    click(qtbot, dialog.settings.about)
    assert asked == ["unet"]
