"""Panels come to the front by a key, and go away by the same."""

from PySide6.QtCore import Qt

from .conftest import CONTROL, Hands

ALT = Qt.KeyboardModifier.AltModifier


def test_a_panel_behind_another_comes_forward_and_then_goes(hands: Hands) -> None:
    titles = [dock.windowTitle() for dock in hands.window.docks]
    place = titles.index("CRF")
    dock, made = hands.window.docks[place], hands.window.actions_["panel_crf"]
    key = Qt.Key(Qt.Key.Key_1.value + place)
    hands.wait(lambda: not made.isChecked() and not dock.isHidden())
    hands.key(key, CONTROL | ALT)
    hands.wait(lambda: made.isChecked() and not dock.visibleRegion().isEmpty())
    hands.key(key, CONTROL | ALT)
    assert dock.isHidden() and not made.isChecked()
    hands.key(key, CONTROL | ALT)
    hands.wait(lambda: made.isChecked() and dock.isVisible())
