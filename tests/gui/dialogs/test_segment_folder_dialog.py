"""The dialog for many frames, driven by mouse and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.dialogs.parts.result_page import Failure
from segstudio.gui.dialogs.segment_folder import (
    SegmentChoice,
    SegmentFolderDialog,
    SegmentSituation,
)


@pytest.fixture
def dialog(qtbot):
    dialog = SegmentFolderDialog()
    qtbot.addWidget(dialog)
    dialog.heard = []
    dialog.start_requested.connect(dialog.heard.append)
    dialog.cancel_requested.connect(lambda: dialog.heard.append("cancel"))
    dialog.set_situation(SegmentSituation(48, 36, "Street scenes"))
    dialog.bring_forward()
    qtbot.waitExposed(dialog)
    return dialog


def click(qtbot, button):
    assert button.isVisible()
    # At the left: a radio button is as wide as its row, but only its text can be clicked.
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def texts(dialog):
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_it_is_not_modal_and_promises_to_spare_human_pixels(dialog):
    assert not dialog.isModal()
    assert "Never over human pixels" in texts(dialog)
    assert "Street scenes" in texts(dialog)


def test_by_default_the_projects_unlabelled_frames_are_labelled(dialog, qtbot):
    assert "48 frames, 36 without labels" in dialog.settings.from_project.text()
    click(qtbot, dialog.start)
    assert dialog.heard == [SegmentChoice(None, None, only_unlabelled=True, crf=False)]


def test_another_folder_needs_both_folders(dialog, qtbot):
    click(qtbot, dialog.settings.from_folder)
    assert not dialog.settings.to_project.isEnabled(), "its frames are not the project's"
    assert not dialog.start.isEnabled()
    qtbot.keyClicks(dialog.settings.source.line, "/pictures")
    assert not dialog.start.isEnabled()
    qtbot.keyClicks(dialog.settings.output.line, "/masks")
    click(qtbot, dialog.settings.only_unlabelled.switch)
    click(qtbot, dialog.settings.crf.switch)
    click(qtbot, dialog.start)
    assert dialog.heard == [SegmentChoice(Path("/pictures"), Path("/masks"), False, True)]


def test_the_projects_frames_may_go_to_another_folder(dialog, qtbot):
    click(qtbot, dialog.settings.to_folder)
    qtbot.keyClicks(dialog.settings.output.line, "~/masks")
    click(qtbot, dialog.start)
    assert dialog.heard[0].source is None
    assert dialog.heard[0].output == Path.home() / "masks"


def test_a_folder_can_be_dropped(dialog, qtbot, tmp_path):
    click(qtbot, dialog.settings.from_folder)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture)), QUrl.fromLocalFile(str(tmp_path))])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dialog.settings.source.dropEvent(drop)
    assert dialog.settings.source.folder() == tmp_path


def test_choosing_a_folder_blocks_nothing(dialog, qtbot):
    click(qtbot, dialog.settings.from_folder)
    click(qtbot, dialog.settings.source.button)
    [chooser] = dialog.findChildren(QFileDialog)
    assert chooser.windowModality() != Qt.WindowModality.ApplicationModal
    chooser.fileSelected.emit("/pictures")
    chooser.close()
    assert dialog.settings.source.folder() == Path("/pictures")


def test_without_a_model_it_says_where_to_choose_one(dialog):
    dialog.set_situation(SegmentSituation(48, 36, ""))
    assert not dialog.start.isEnabled()
    assert "Choose one in the Model panel" in texts(dialog)


def test_a_read_only_project_is_not_written_to(dialog):
    dialog.set_situation(SegmentSituation(48, 36, "Street scenes", read_only="another window"))
    assert not dialog.settings.to_project.isEnabled()
    assert dialog.settings.to_folder.isChecked()


def test_progress_names_the_frame(dialog, qtbot):
    click(qtbot, dialog.start)
    assert dialog.running
    dialog.show_progress(Progress(12, 48, "0016E5_07961"))
    assert dialog.work.message.text() == "0016E5_07961"
    assert dialog.work.count.text() == "Frame 12 of 48"
    assert dialog.work.bar.value() == 250


def test_cancelling_is_asked_for_once_and_told(dialog, qtbot):
    click(qtbot, dialog.start)
    click(qtbot, dialog.cancel)
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert dialog.heard[1:] == ["cancel"]
    dialog.show_finished(5)
    assert dialog.outcome.sentence() == "5 frames segmented"
    assert "cancelled: what was finished stays" in dialog.outcome.remark()


def test_enter_does_not_cancel(dialog, qtbot):
    click(qtbot, dialog.start)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert "cancel" not in dialog.heard


def test_failures_are_listed_at_the_end_and_can_be_copied(dialog, qtbot):
    click(qtbot, dialog.start)
    failures = (Failure("a", "is empty. Copy it again."), Failure("b", "is cut off"))
    dialog.show_finished(46, 12, failures)
    assert dialog.outcome.sentence() == "46 frames segmented, 2 failed"
    assert dialog.outcome.remark() == "12 frames had labels already and were left alone."
    click(qtbot, dialog.outcome.copy)
    assert QGuiApplication.clipboard().text() == "a: is empty. Copy it again.\nb: is cut off"
    click(qtbot, dialog.again)
    assert dialog.start.isVisible()


def test_without_failures_no_empty_list_is_shown(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_finished(1)
    assert dialog.outcome.sentence() == "1 frame segmented"
    assert not dialog.outcome.failures.isVisible()


def test_an_error_is_shown_with_its_remedy(dialog, qtbot):
    click(qtbot, dialog.start)
    dialog.show_failed(SegStudioError("/masks", "cannot be written", "Choose another folder."))
    assert dialog.outcome.sentence() == "Segmenting failed"
    assert dialog.outcome.remark() == "/masks: cannot be written.\nChoose another folder."


def test_a_running_job_survives_closing_and_a_new_situation(dialog, qtbot):
    click(qtbot, dialog.start)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog.set_situation(SegmentSituation(48, 30, "Street scenes"))
    dialog.bring_forward()
    assert dialog.work.isVisible()
    assert "cancel" not in dialog.heard
