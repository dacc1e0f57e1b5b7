"""The CRF panel, the tool options and the opacity row."""

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio import tools
from segstudio.gui.panels.crf import CrfPanel
from segstudio.gui.panels.display import DisplayPanel
from segstudio.gui.panels.tool_options import ToolOptionsPanel
from segstudio.inference.crf_parameters import PRESETS, CrfParameters

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def crf(qtbot) -> CrfPanel:
    made = CrfPanel()
    qtbot.addWidget(made)
    made.resize(288, 400)
    made.show()
    return made


def _type(row, text: str) -> None:
    row.number.setFocus()
    row.number.selectAll()
    QTest.keyClicks(row.number, text)
    QTest.keyClick(row.number, Qt.Key.Key_Return)


def test_the_crf_waits_for_a_prediction(crf) -> None:
    assert not crf.on.isVisible()
    crf.set_available(True)
    assert crf.on.isVisible()
    assert not crf.form.isEnabled()


def test_the_switch_frees_the_sliders(crf, qtbot) -> None:
    crf.set_available(True)
    with qtbot.waitSignal(crf.toggled) as toggled:
        QTest.mouseClick(crf.on.switch, LEFT)
    assert toggled.args == [True]
    assert crf.form.isEnabled()
    with qtbot.assertNotEmitted(crf.toggled):
        crf.set_on(False)
    assert not crf.form.isEnabled()


def test_sliders_tell_parameters_live_and_when_they_rest(crf, qtbot) -> None:
    crf.set_available(True)
    crf.set_on(True)
    changed: list[CrfParameters] = []
    crf.changed.connect(changed.append)
    with qtbot.waitSignal(crf.settled) as settled:
        _type(crf.form.rows["iterations"], "9")
    assert changed == settled.args == [CrfParameters(iterations=9)]


def test_reset_sets_all_defaults(crf, qtbot) -> None:
    crf.set_available(True)
    crf.set_on(True)
    crf.set_parameters(CrfParameters(iterations=9, smoothness_weight=1.0))
    with qtbot.waitSignal(crf.settled) as settled:
        QTest.mouseClick(crf.reset, LEFT)
    assert settled.args == [CrfParameters()]
    assert crf.form.rows["iterations"].value() == CrfParameters().iterations


def test_a_preset_sets_every_slider_and_a_slider_makes_it_ones_own(crf, qtbot) -> None:
    crf.set_available(True)
    crf.set_on(True)
    assert crf.preset.value() == "standard"
    crf.set_parameters(CrfParameters(penalties=((0, 1, 3.0),)))
    assert crf.preset.value() == "standard"
    crf.preset.combo.setFocus()
    with qtbot.waitSignal(crf.settled) as settled:
        QTest.keyClicks(crf.preset.combo, "str")
    assert settled.args == [replace(PRESETS["strong"], penalties=((0, 1, 3.0),))]
    assert crf.form.rows["iterations"].value() == PRESETS["strong"].iterations
    _type(crf.form.rows["iterations"], "9")
    assert crf.preset.value() == "own"
    QTest.mouseClick(crf.reset, LEFT)
    assert crf.preset.value() == "standard"


def test_says_that_it_works(crf) -> None:
    crf.set_busy(True)
    assert crf._state.text() == "Updating…"
    crf.set_busy(False)
    assert crf._state.text() == ""


@pytest.fixture
def panel(qtbot) -> ToolOptionsPanel:
    made = ToolOptionsPanel()
    qtbot.addWidget(made)
    made.resize(288, 300)
    made.show()
    return made


def test_every_tool_gets_its_form(panel) -> None:
    for spec in tools.in_order():
        panel.set_tool(spec, spec.options())
        assert panel._heading.text() == spec.label
        assert panel.form is None or panel.form.options() == spec.options()


def test_options_are_told_and_taken_back_without_a_new_form(panel, qtbot) -> None:
    brush = tools.registry.get("brush")
    panel.set_tool(brush, brush.options())
    form = panel.form
    with qtbot.waitSignal(panel.options_changed) as changed:
        _type(form.rows["size"], "64")
    assert changed.args == [replace(brush.options(), size=64)]
    with qtbot.assertNotEmitted(panel.options_changed):
        panel.set_tool(brush, changed.args[0])
    assert panel.form is form  # a slider that is dragged must not vanish under the hand


def test_a_tool_without_options_shows_how_it_is_used(panel, qtbot) -> None:
    @dataclass(frozen=True)
    class Nothing:
        pass

    brush = tools.registry.get("brush")
    panel.set_tool(brush, brush.options())
    panel.set_tool(replace(brush, label="Hand", tooltip="Wave.", options=Nothing), Nothing())
    assert panel.form is None
    assert panel._usage.text() == "Wave."
    assert panel._heading.text() == "Hand"


def test_opacity_is_told_as_a_share(qtbot) -> None:
    display = DisplayPanel()
    qtbot.addWidget(display)
    display.show()
    with qtbot.waitSignal(display.opacity_changed) as changed:
        _type(display.opacity, "30")
    assert changed.args == [0.3]
    with qtbot.assertNotEmitted(display.opacity_changed):
        display.set_opacity(0.8)
    assert display.opacity.number.text() == "80%"
