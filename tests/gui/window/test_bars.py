"""The tools beside the canvas: all there, in groups, and within reach in a low window."""

from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton

from segstudio import tools

from .conftest import LEFT, Hands


def arrow(hands: Hands) -> QToolButton:
    return hands.window.tool_box.findChild(QToolButton, "qt_toolbar_ext_button")


def shown(hands: Hands) -> list[str]:
    """Names of the tools whose buttons are to be seen."""
    box = hands.window.tool_box
    buttons = ((entry, box.widgetForAction(entry)) for entry in box.actions())
    return [a.objectName() for a, button in buttons if button.isVisible() and not a.isSeparator()]


def test_every_tool_is_there_in_its_group(at_work: Hands) -> None:
    entries = at_work.window.tool_box.actions()
    lines = groupby(entries, key=lambda entry: entry.isSeparator())
    groups = [[entry.objectName() for entry in part] for line, part in lines if not line]
    by_tens = groupby(tools.in_order(), key=lambda spec: spec.order // 10)
    assert groups == [[f"tool_{spec.name}" for spec in part] for _, part in by_tens]


def test_eighteen_tools_fit_into_a_window_of_1280_by_800(at_work: Hands) -> None:
    at_work.window.resize(1280, 800)
    at_work.wait(lambda: at_work.window.height() == 800)
    assert len(shown(at_work)) >= min(18, len(tools.in_order()))


def test_a_click_takes_a_tool(at_work: Hands) -> None:
    for spec in tools.in_order():
        made = at_work.window.actions_[f"tool_{spec.name}"]
        button = at_work.window.tool_box.widgetForAction(made)
        if button.isVisible():
            at_work.click(button)
            assert at_work.window.tools.spec is spec
            assert button.isChecked()


def test_in_a_low_window_the_rest_is_behind_an_arrow(at_work: Hands) -> None:
    window = at_work.window
    for dock in window.docks:
        dock.close()

    def low() -> bool:
        window.resize(900, 340)  # as low as it gets once the panels are gone
        return arrow(at_work).isVisible()

    at_work.wait(low)
    seen, names = shown(at_work), [f"tool_{spec.name}" for spec in tools.in_order()]
    assert seen == names[: len(seen)] and len(seen) < len(names)
    menu = arrow(at_work).menu()
    assert isinstance(menu, QMenu)
    hidden = [entry for entry in menu.actions() if not entry.isSeparator()]
    assert [entry.objectName() for entry in hidden] == names[len(seen) :]
    hidden[-1].trigger()
    assert window.tools.spec is tools.in_order()[-1]


@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_G, Qt.Key.Key_Q])
def test_a_key_shows_its_tool_and_how_it_is_used(at_work: Hands, key: Qt.Key) -> None:
    QTest.mouseClick(at_work.window.canvas, LEFT)
    at_work.key(key)
    panel, spec = at_work.window.tool_panel, at_work.window.tools.spec
    assert panel._heading.text() == spec.label and panel._usage.text() == spec.tooltip


def test_return_that_is_held_marks_as_done_once(at_work: Hands) -> None:
    assert not at_work.window.actions_["mark_done"].autoRepeat()
