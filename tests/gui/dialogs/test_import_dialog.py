"""The import dialog, driven by mouse and keys."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.options import option
from segstudio.core.progress import Progress
from segstudio.gui.dialogs.import_checkpoint import ImportChoice, ImportDialog, ImportSituation
from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice


@dataclass(frozen=True)
class Options:
    weights: str = option("none", "First weights", "From", choices=("none", "imagenet"))
    width: int = option(64, "Width", "Channels", minimum=4, maximum=128)
    auxiliary: bool = option(True, "Auxiliary head", "A second head")


CLASSES = ClassTable.of_names(["road", "sky"])
NETWORKS = (
    ArchitectureChoice("unet", "U-Net", "Sharp borders.", "U-Net", Options),
    ArchitectureChoice("unetpp", "U-Net++", "Finer.", "U-Net", Options),
    ArchitectureChoice("fcn8s", "FCN-8s", "Sums its skips.", "FCN"),
)


@pytest.fixture
def dialog(qtbot) -> ImportDialog:
    made = ImportDialog()
    qtbot.addWidget(made)
    made.heard = []
    made.start_requested.connect(made.heard.append)
    made.cancel_requested.connect(lambda: made.heard.append("cancel"))
    made.set_situation(ImportSituation((), CLASSES))
    made.bring_forward()
    qtbot.waitExposed(made)
    made.set_situation(ImportSituation(NETWORKS, CLASSES))
    return made


def click(qtbot, button) -> None:
    assert button.isVisible()
    # At the left: a radio button is as wide as its row, but only its text can be clicked.
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def write(qtbot, field, path: Path) -> None:
    field.line.selectAll()
    qtbot.keyClicks(field.line, str(path))


def test_file_network_and_the_projects_classes(dialog, qtbot, tmp_path: Path) -> None:
    assert not dialog.start.isEnabled()
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    assert dialog.settings.out.path() == tmp_path / "net.safetensors"
    click(qtbot, dialog.start)
    out = tmp_path / "net.safetensors"
    assert dialog.heard == [ImportChoice(tmp_path / "net.pth", "unet", {}, CLASSES, out)]
    assert dialog.running


def test_a_name_that_is_taken_is_not_offered(dialog, qtbot, tmp_path: Path) -> None:
    (tmp_path / "net.safetensors").write_bytes(b"")
    (tmp_path / "net-2.safetensors").write_bytes(b"")
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    assert dialog.settings.out.path() == tmp_path / "net-3.safetensors"


def test_a_name_that_was_chosen_stays(dialog, qtbot, tmp_path: Path) -> None:
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    write(qtbot, dialog.settings.out, tmp_path / "mine.safetensors")
    write(qtbot, dialog.settings.file, tmp_path / "other.pth")
    assert dialog.settings.out.path() == tmp_path / "mine.safetensors"


def test_whoever_names_a_classes_file_means_it(dialog, qtbot, tmp_path: Path) -> None:
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    write(qtbot, dialog.settings.classes_file, tmp_path / "classes.txt")
    assert dialog.settings.from_file.isChecked()
    click(qtbot, dialog.start)
    assert dialog.heard[0].classes == tmp_path / "classes.txt"


def test_without_a_project_a_classes_file_is_needed(dialog, qtbot, tmp_path: Path) -> None:
    dialog.set_situation(ImportSituation(NETWORKS))
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    assert not dialog.settings.from_project.isVisible()
    assert not dialog.start.isEnabled()
    write(qtbot, dialog.settings.classes_file, tmp_path / "classes.txt")
    assert dialog.start.isEnabled()


def test_networks_stand_under_their_families(dialog, qtbot) -> None:
    box = dialog.settings.architecture
    assert [box.itemText(place) for place in range(box.count())] == [
        "U-Net",
        "U-Net",
        "U-Net++",
        "FCN",
        "FCN-8s",
    ]
    assert box.itemData(2, Qt.ItemDataRole.ToolTipRole) == "Finer."
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.choice().name == "fcn8s", "a heading is passed over"
    assert dialog.settings._summary.text() == "Sums its skips."
    assert not dialog.settings.options_section.isVisible(), "it has no options"


def test_options_of_the_network_are_handed_over(dialog, qtbot, tmp_path: Path) -> None:
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    click(qtbot, dialog.settings.options_section.header)
    rows = dialog.settings.options.form.rows
    assert list(rows) == ["width", "auxiliary"], "the file brings the weights"
    click(qtbot, rows["auxiliary"].switch)
    rows["width"].number.selectAll()
    qtbot.keyClicks(rows["width"].number, "16\t")
    click(qtbot, dialog.start)
    assert dialog.heard[0].options == {"width": 16, "auxiliary": False}


def test_the_end_is_told(dialog, qtbot, tmp_path: Path) -> None:
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    click(qtbot, dialog.start)
    dialog.show_progress(Progress(1, 3, "Comparing with unet"))
    assert dialog.work.message.text() == "Comparing with unet"
    dialog.show_finished(tmp_path / "net.safetensors")
    assert dialog.outcome.sentence() == "net is imported"
    assert str(tmp_path / "net.safetensors") in dialog.outcome.remark()
    click(qtbot, dialog.finish)
    assert not dialog.isVisible()


def test_a_failure_leads_back_to_the_settings(dialog, qtbot, tmp_path: Path) -> None:
    write(qtbot, dialog.settings.file, tmp_path / "net.pth")
    click(qtbot, dialog.start)
    dialog.show_failed(SegStudioError("net.pth", "does not fit unet", "Choose another."))
    assert dialog.outcome.sentence() == "The import failed"
    assert "Choose another." in dialog.outcome.remark()
    click(qtbot, dialog.again)
    assert dialog.settings.file.path() == tmp_path / "net.pth"
    click(qtbot, dialog.start)
    click(qtbot, dialog.cancel)
    assert dialog.heard[-1] == "cancel"
    dialog.show_cancelled()
    assert dialog.start.isVisible()
