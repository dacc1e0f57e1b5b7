"""What the window tells about a model, and how it draws it."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QLabel

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.gui import theme
from segstudio.gui.app import make_application
from segstudio.gui.dialogs.about_model import AboutModelDialog
from segstudio.gui.widgets import block_diagram
from segstudio.gui.widgets.block_diagram import BlockDiagram
from segstudio.gui.widgets.diagram_cells import grid
from segstudio.models.parts.diagram import Diagram, Link, Stage
from segstudio.workflows.about_model import AboutModel, about_model


def found(name: str) -> AboutModel:
    *_, last = about_model(name)
    return last.payload


@pytest.fixture
def dialog(qtbot) -> AboutModelDialog:
    made = AboutModelDialog()
    qtbot.addWidget(made)
    made.show_working()
    made.bring_forward()
    qtbot.waitExposed(made)
    return made


def shown(dialog: AboutModelDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_it_names_paper_size_and_what_sets_it_apart(dialog) -> None:
    about = found("segnet")
    dialog.show_about(about)
    text = shown(dialog)
    for words in (about.label, about.title, "Badrinarayanan et al. 2017", "29.5 million"):
        assert words in text
    assert about.sets_apart in text
    assert "pooling indices" in text
    assert f"{about.receptive_field} px" in text
    assert dialog.diagram is not None


def test_a_failure_says_what_to_do(dialog) -> None:
    dialog.show_failed(SegStudioError("net.safetensors", "is damaged", "Use another copy."))
    assert "Looking into the model failed" in shown(dialog)
    assert "Use another copy." in shown(dialog)


def test_it_fits_a_small_window(dialog) -> None:
    dialog.show_about(found("deeplabv3_resnet50"))
    dialog.resize(480, 360)
    assert (dialog.width(), dialog.height()) == (480, 360)


@pytest.mark.parametrize("name", models.names())
def test_every_architecture_is_drawn_apart_and_unclipped(name: str, qtbot) -> None:
    about = found(name)
    widget = BlockDiagram(about.diagram)
    qtbot.addWidget(widget)
    widget.resize(widget.minimumSize())
    stages = about.diagram.stages
    boxes = [widget.box(place) for place in range(len(stages))]
    room = QRectF(widget.rect())
    metrics = QFontMetricsF(widget.font())
    factor = widget.width() / widget.sizeHint().width()
    for place, box in enumerate(boxes):
        assert room.contains(box), stages[place].name
        assert not any(box.intersects(other) for other in boxes[:place]), stages[place].name
        for line in block_diagram._lines(stages[place]):
            assert metrics.horizontalAdvance(line) * factor < box.width()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_is_painted_in_the_colours_of_the_theme(mode: theme.Mode, qtbot) -> None:
    app = make_application()
    theme.apply(app, mode)
    try:
        widget = BlockDiagram(found("segnet").diagram)
        qtbot.addWidget(widget)
        widget.resize(widget.sizeHint())
        image: QImage = widget.grab().toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in (5, 45, 90)}
        assert theme.colours().raised in seen
        assert theme.colours().selection in seen
    finally:
        theme.apply(app, "dark")
    assert isinstance(QApplication.instance(), QApplication)


def stage(name: str, scale: int, operation: str = "") -> Stage:
    return Stage(name, operation, 8, (1024 // scale, 1024 // scale), scale, 1)


def test_a_u_is_drawn_as_a_u() -> None:
    stages = (
        stage("picture", 1),
        stage("down 1", 1),
        stage("down 2", 2),
        stage("down 3", 4),
        stage("up 2", 2, "sum"),
        stage("up 1", 1, "sum"),
        stage("logits", 1),
    )
    pairs = ((0, 1), (1, 2), (2, 3), (3, 4), (2, 4), (4, 5), (1, 5), (5, 6))
    made = grid(Diagram(stages, tuple(Link(a, b) for a, b in pairs)))
    places = [(cell.row, cell.column) for cell in made.cells]
    assert places == [(0, 0), (0, 1), (1, 1), (2, 1), (1, 2), (0, 2), (0, 3)]
    assert made.rows == ("1/1", "1/2", "1/4")


def test_branches_stand_one_above_the_other() -> None:
    whole = Stage("pool", "", 8, (1, 1), 1024, 1)
    stages = (stage("picture", 1), *(stage(str(n), 1) for n in range(3)), whole)
    stages = (*stages, stage("all", 1, "concatenate"))
    links = [Link(0, n) for n in range(1, 5)] + [Link(n, 5) for n in range(1, 5)]
    made = grid(Diagram(stages, tuple(links)))
    assert [(c.column, c.slot) for c in made.cells[1:4]] == [(1, 0), (1, 1), (1, 2)]
    assert made.rows == ("1/1", "1 × 1 px")
    assert made.cells[5].column == 2


def test_the_dialog_does_not_import_torch() -> None:
    looking = "import sys, segstudio.gui.dialogs.about_model; print('torch' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_enter_closes_it(dialog, qtbot) -> None:
    dialog.show_about(found("unet"))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
