"""The model panel."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.gui.panels.model import ModelChoice, ModelPanel

CHOICES = [
    ModelChoice("starter", "Street scenes", "A small U-Net for street scenes", "Starters"),
    ModelChoice("run", "2026-01-01 unet", "mIoU 0.71", "My runs"),
]


@pytest.fixture
def panel(qtbot) -> ModelPanel:
    made = ModelPanel()
    qtbot.addWidget(made)
    made.resize(288, 360)
    made.set_choices(CHOICES)
    made.details.set_expanded(True)
    made.show()
    return made


def _pick(panel: ModelPanel, label: str) -> None:
    """Open the list and click an entry, as the mouse does."""
    panel.models.showPopup()
    view = panel.models.view()
    index = view.model().index(panel.models.findText(label), 0)
    view.scrollTo(index)
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
    )
    panel.models.hidePopup()


def test_models_stand_under_their_headings(panel) -> None:
    texts = [panel.models.itemText(i) for i in range(panel.models.count())]
    assert texts == [
        "Starters",
        "Street scenes",
        "My runs",
        "2026-01-01 unet",
        "Checkpoint file…",
    ]


def test_choosing_tells_and_describes(panel, qtbot) -> None:
    with qtbot.waitSignal(panel.model_chosen) as chosen:
        _pick(panel, "2026-01-01 unet")
    assert chosen.args == ["run"]
    assert panel._detail.text() == "mIoU 0.71"


def test_a_heading_cannot_be_chosen(panel, qtbot) -> None:
    panel.set_chosen("starter")
    with qtbot.assertNotEmitted(panel.model_chosen):
        _pick(panel, "My runs")
    assert panel.models.currentText() == "Street scenes"


def test_set_chosen_is_silent(panel, qtbot) -> None:
    with qtbot.assertNotEmitted(panel.model_chosen):
        panel.set_chosen("starter")
    assert panel.models.currentText() == "Street scenes"


def test_a_checkpoint_file_is_asked_for_and_the_choice_stays(panel, qtbot) -> None:
    panel.set_chosen("starter")
    with (
        qtbot.waitSignal(panel.checkpoint_file_requested),
        qtbot.assertNotEmitted(panel.model_chosen),
    ):
        _pick(panel, "Checkpoint file…")
    assert panel.models.currentText() == "Street scenes"


def test_the_choice_survives_a_new_list(panel) -> None:
    panel.set_chosen("run")
    panel.set_choices(CHOICES[1:])
    assert panel.models.currentText() == "2026-01-01 unet"
    panel.set_choices(CHOICES[:1])
    assert panel.models.currentIndex() == -1
    assert not panel.predict.isEnabled()


@pytest.mark.parametrize(
    ("kind", "enabled"), [("loading", False), ("ready", True), ("busy", False), ("missing", True)]
)
def test_predicting_is_possible_when_a_model_is_at_hand(panel, kind, enabled) -> None:
    panel.set_chosen("starter")
    panel.set_state(kind, "143 ms on cpu")
    assert panel.predict.isEnabled() == enabled
    assert panel._said.text() == "143 ms on cpu"


def test_the_button_asks_for_a_prediction_and_shows_its_key(panel, qtbot) -> None:
    panel.set_chosen("starter")
    panel.set_state("ready", "")
    panel.set_predict_shortcut("P")
    assert panel.predict.text() == "Predict (P)"
    with qtbot.waitSignal(panel.predict_requested):
        QTest.mouseClick(panel.predict, Qt.MouseButton.LeftButton)


def test_devices(panel, qtbot) -> None:
    panel.set_device_choices(["auto", "cpu", "cuda"])
    panel.set_device("cuda")
    panel.set_device_reason("CPU: PyTorch finds no CUDA device")
    assert panel._reason.isVisible()
    with qtbot.waitSignal(panel.device_chosen) as chosen:
        QTest.keyClick(panel.devices, Qt.Key.Key_Up)
    assert chosen.args == ["cpu"]
    panel.set_device_choices(["auto", "cpu"])
    assert panel.devices.currentData() == "cpu"


def test_predict_on_open(panel, qtbot) -> None:
    with qtbot.waitSignal(panel.predict_on_open_toggled) as toggled:
        QTest.mouseClick(panel.on_open.switch, Qt.MouseButton.LeftButton)
    assert toggled.args == [True]
    with qtbot.assertNotEmitted(panel.predict_on_open_toggled):
        panel.set_predict_on_open(False)
    assert not panel.on_open.value()


def test_what_is_needed_now_is_visible_where_the_window_is_low(panel) -> None:
    panel.details.set_expanded(False)
    panel.resize(panel.minimumSizeHint())
    QApplication.processEvents()
    assert panel.minimumSizeHint().height() <= 160
    for part in (panel.models, panel.predict, panel._said, panel.details.header):
        assert part.visibleRegion().boundingRect() == part.rect()
