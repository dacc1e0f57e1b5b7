"""The export dialog, driven by mouse and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.dialogs.export_masks import (
    ExportChoice,
    ExportDialog,
    ExportSituation,
    FormatChoice,
)
from segstudio.gui.dialogs.parts.result_page import Failure

FORMATS = (
    FormatChoice("indexed-png", "Indexed PNG", "Class ids with the class colours as palette."),
    FormatChoice("grey-png", "Grey PNG", "Class ids as grey values."),
)
FOLDER = Path("/project/export")


@pytest.fixture
def dialog(qtbot):
    dialog = ExportDialog()
    qtbot.addWidget(dialog)
    dialog.heard = []
    dialog.start_requested.connect(dialog.heard.append)
    dialog.cancel_requested.connect(lambda: dialog.heard.append("cancel"))
    dialog.open_folder_requested.connect(dialog.heard.append)
    dialog.set_situation(ExportSituation(FORMATS, 12, 30, FOLDER))
    dialog.bring_forward()
    qtbot.waitExposed(dialog)
    return dialog


def click(qtbot, button):
    assert button.isVisible()
    # At the left: a radio button is as wide as its row, but only its text can be clicked.
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def test_by_default_done_frames_go_to_the_offered_folder(dialog, qtbot):
    assert dialog.settings._frames.text() == "12 frames will be exported."
    click(qtbot, dialog.start)
    assert dialog.heard == [ExportChoice("indexed-png", FOLDER, only_done=True)]


def test_every_format_is_offered_with_its_description(dialog, qtbot):
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    for entry in FORMATS:
        assert entry.description in shown
    click(qtbot, dialog.settings.formats.button(1))
    click(qtbot, dialog.settings.only_done.switch)
    assert dialog.settings._frames.text() == "30 frames will be exported."
    click(qtbot, dialog.start)
    assert dialog.heard == [ExportChoice("grey-png", FOLDER, only_done=False)]


def test_the_choice_outlives_a_new_situation(dialog, qtbot):
    click(qtbot, dialog.settings.formats.button(1))
    dialog.settings.folder.line.selectAll()
    qtbot.keyClicks(dialog.settings.folder.line, "/elsewhere")
    another = FormatChoice("colour-png", "Colour PNG", "For looking at.")
    dialog.set_situation(ExportSituation((another, *FORMATS), 13, 30, FOLDER))
    assert dialog.settings.choice() == ExportChoice("grey-png", Path("/elsewhere"), True)


def test_nothing_starts_without_a_folder_or_a_frame(dialog):
    dialog.settings.folder.line.clear()
    assert not dialog.start.isEnabled()
    dialog.set_situation(ExportSituation(FORMATS, 0, 30, FOLDER))
    assert dialog.start.isEnabled(), "frames that have labels are offered where none is done"
    assert not dialog.settings.only_done.value()
    dialog.set_situation(ExportSituation(FORMATS, 0, 0, FOLDER))
    assert not dialog.start.isEnabled()
    assert "No frame is labelled yet" in dialog.settings._frames.text()


def test_the_check_of_the_files_is_told(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(6, 12, "frame_6"))
    assert dialog.work.message.text() == "frame_6"
    dialog.show_finished(12, "Every pixel is equal.", good=True)
    assert dialog.outcome.sentence() == "12 label maps exported"
    assert dialog.outcome.remark() == f"Every pixel is equal.\n{FOLDER}"
    assert not dialog.outcome.failures.isVisible()
    click(qtbot, dialog.open_folder)
    assert dialog.heard[-1] == FOLDER


def test_failures_and_losses_are_told(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_finished(
        11, "3 pixels were lost.", good=False, failures=(Failure("b", "No space left."),)
    )
    assert dialog.outcome.sentence() == "11 label maps exported, 1 failed"
    assert "3 pixels were lost." in dialog.outcome.remark()
    assert dialog.outcome.failures.toPlainText() == "b: No space left."


def test_cancelling_and_an_error(dialog, qtbot):
    click(qtbot, dialog.start)
    click(qtbot, dialog.cancel)
    assert dialog.heard[-1] == "cancel"
    dialog.show_finished(2, "Every pixel is equal.", good=True)
    assert dialog.outcome.remark().startswith("It was cancelled: what was finished stays.")
    click(qtbot, dialog.again)
    click(qtbot, dialog.start)
    dialog.show_failed(SegStudioError(FOLDER, "cannot be written", "Choose another."))
    assert dialog.outcome.sentence() == "The export failed"
    assert not dialog.open_folder.isVisible()
