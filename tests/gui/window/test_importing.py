"""Files of weights and words about models, in the real window."""

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, Qt

from segstudio import models
from segstudio.models.checkpoint import describe_checkpoint

from .conftest import CONTROL, LEFT, MODEL_CLASSES, NONE, Hands

WIDTH, DEPTH = 8, 2


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(3)
    network = models.create("unet", classes=len(MODEL_CLASSES), width=WIDTH, depth=DEPTH)
    path = tmp_path / "foreign.pth"
    torch.save({"state_dict": network.state_dict()}, path)
    return path


def show(hands: Hands):
    hands.window.actions_["show_import_dialog"].trigger()
    dialog = hands.window.importing.dialog
    hands.wait(lambda: dialog.settings.architecture.count() > 1)
    return dialog


def set_number(hands: Hands, row, number: int) -> None:
    row.number.selectAll()
    hands.type(row.number, f"{number}\t")


def test_weights_are_imported_and_used(at_work: Hands, weights: Path) -> None:
    hands, dialog = at_work, show(at_work)
    settings = dialog.settings
    hands.type(settings.file.line, str(weights))
    assert settings.architecture.choice().name == "unet"
    hands.click(settings.options_section.header)
    set_number(hands, settings.options.form.rows["width"], WIDTH)
    set_number(hands, settings.options.form.rows["depth"], DEPTH)
    hands.click(dialog.start)
    hands.wait(lambda: dialog.finish.isVisible())
    assert dialog.outcome.sentence() == "foreign is imported", dialog.outcome.remark()
    written = weights.with_suffix(".safetensors")
    assert describe_checkpoint(written).classes.names == MODEL_CLASSES
    assert hands.window.predicting.chosen == str(written)
    hands.click(dialog.finish)
    hands.wait(lambda: hands.window.model_panel.models.currentText() == "foreign")
    hands.predict()


def test_a_mismatch_is_told_with_keys_and_shapes(at_work: Hands, weights: Path) -> None:
    dialog = show(at_work)
    chosen = at_work.window.predicting.chosen
    at_work.type(dialog.settings.file.line, str(weights))
    at_work.click(dialog.start)
    at_work.wait(lambda: dialog.again.isVisible())
    assert "missing" in dialog.outcome.remark()
    assert "not (64, 3, 3, 3)" in dialog.outcome.remark()
    assert at_work.window.predicting.chosen == chosen
    dialog.close()


def test_an_import_goes_on_behind_a_hidden_dialog(at_work: Hands, weights: Path) -> None:
    dialog = show(at_work)
    dialog.settings.file.set_path(weights.with_name("missing.pth"))
    at_work.click(dialog.start)
    dialog.close()
    at_work.wait_for_message("missing.pth", "does not exist")


def test_about_the_model_in_use(at_work: Hands) -> None:
    panel = at_work.window.model_panel
    at_work.wait(panel.about.isEnabled)
    at_work.click(panel.about)
    dialog = at_work.window.explaining.dialog
    at_work.wait(lambda: dialog.diagram is not None)
    assert dialog.windowTitle() == "About U-Net"
    first, last = dialog.diagram._diagram.stages[1], dialog.diagram._diagram.stages[-1]
    assert (first.channels, last.channels) == (8, len(MODEL_CLASSES)), "with its own options"
    dialog.close()
    at_work.key(Qt.Key.Key_I, CONTROL)
    at_work.wait(dialog.isVisible)
    dialog.close()


def test_about_without_a_model_says_what_to_do(hands: Hands) -> None:
    hands.window.predicting._chosen = ""
    hands.window.explaining.about_model()
    hands.wait_for_message("Choose a model")


def test_a_new_network_is_told_about_before_it_is_trained(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_T, CONTROL)
    dialog = at_work.window.fine_tuning.dialog
    settings = dialog.settings
    at_work.wait(lambda: settings.architecture.choice() is not None)
    place = QPoint(8, settings.from_scratch.height() // 2)
    at_work.qtbot.mouseClick(settings.from_scratch, LEFT, NONE, place)
    settings.architecture.setCurrentIndex(settings.architecture.findData("segnet"))
    at_work.click(settings.about)
    told = at_work.window.explaining.dialog
    at_work.wait(lambda: told.windowTitle() == "About SegNet")
    told.close()
    dialog.close()
