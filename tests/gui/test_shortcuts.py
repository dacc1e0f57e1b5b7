"""Keys as text, and who has which: never two things the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from segstudio.gui.hand_keys import HAND_KEYS, HandKeys
from segstudio.gui.key_text import Keys, caps, is_single, pressed, valid
from segstudio.gui.settings import Settings
from segstudio.gui.shortcuts import Bound, Shortcuts

Modifier = Qt.KeyboardModifier
KEYS = ("A", "B", "C", "D")
DEFAULTS = {"one": ("A",), "two": ("B", "C"), "held": ("D",), "drawn": ("A",)}


def event(key: Qt.Key, modifiers: Modifier = Modifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers)


class TestText:
    @pytest.mark.parametrize(
        ("key", "modifiers", "text"),
        [
            (Qt.Key.Key_S, Modifier.ControlModifier, "Ctrl+S"),
            (Qt.Key.Key_S, Modifier.ControlModifier | Modifier.ShiftModifier, "Ctrl+Shift+S"),
            (Qt.Key.Key_Question, Modifier.ShiftModifier, "?"),
            (Qt.Key.Key_F4, Modifier.ShiftModifier, "Shift+F4"),
            (Qt.Key.Key_Plus, Modifier.ControlModifier | Modifier.KeypadModifier, "Ctrl++"),
            (Qt.Key.Key_Space, Modifier.NoModifier, "Space"),
            (Qt.Key.Key_Shift, Modifier.ShiftModifier, ""),
        ],
    )
    def test_what_is_pressed(self, key: Qt.Key, modifiers: Modifier, text: str) -> None:
        assert pressed(event(key, modifiers)) == text

    def test_only_single_combinations_are_kept_however_spelt(self) -> None:
        assert valid(["ctrl+s", "Delete", "Foo", "Ctrl+A, B", "", 3, "Ctrl+S"]) == ("Ctrl+S", "Del")
        assert valid("Ctrl+S") == valid(None) == ()

    def test_caps_are_what_stands_on_the_keys(self) -> None:
        assert caps("Ctrl+Shift+P") == ("Ctrl", "Shift", "P")
        assert caps("Ctrl++") == ("Ctrl", "+") and caps("+") == ("+",)

    def test_single(self) -> None:
        assert is_single("Space") and is_single("+") and not is_single("Shift+Space")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Settings]:
    """Reads the settings as at a new start."""
    monkeypatch.setenv("SEGSTUDIO_DATA", str(tmp_path))
    return Settings


def make(settings: Settings, told: dict[str, Keys] | None = None) -> Shortcuts:
    told = {} if told is None else told
    scopes = {"held": "held", "drawn": "drawing"}
    entries = [
        Bound(
            name,
            name.title(),
            "Menu",
            "Does it.",
            keys,
            lambda keys, name=name: told.update({name: keys}),
            scope=scopes.get(name, "command"),
        )
        for name, keys in DEFAULTS.items()
    ]
    return Shortcuts(entries, settings, {"1": "Digits pick classes."})


class TestWhoHasWhich:
    def test_defaults_need_not_be_told(self, settings) -> None:
        told: dict[str, Keys] = {}
        shortcuts = make(settings(), told)
        assert not told and not shortcuts.any_changed
        assert {name: shortcuts.keys(name) for name in DEFAULTS} == DEFAULTS

    def test_taken_keys_are_lost_by_their_owner_and_come_back(self, settings) -> None:
        told: dict[str, Keys] = {}
        shortcuts = make(settings(), told)
        assert [owner.name for owner in shortcuts.owners("one", ("B",))] == ["two"]
        shortcuts.set_keys("one", ("B",))
        assert told == {"one": ("B",), "two": ("C",)}
        assert shortcuts.is_changed("two") and not shortcuts.owners("two", ("A",))
        shortcuts.reset("one")
        assert told == {"one": ("A",), "two": ("B", "C")} and not shortcuts.any_changed

    def test_reset_takes_the_keys_back(self, settings) -> None:
        shortcuts = make(settings())
        shortcuts.set_keys("one", ())
        shortcuts.set_keys("two", ("A",))
        assert [owner.name for owner in shortcuts.owners("one", ("A",))] == ["two"]
        shortcuts.reset("one")
        assert shortcuts.keys("one") == ("A",) and shortcuts.keys("two") == ()

    def test_keys_while_drawing_are_apart_from_all_others(self, settings) -> None:
        shortcuts = make(settings())
        assert not shortcuts.owners("drawn", ("B",))
        shortcuts.set_keys("drawn", ("B",))
        assert shortcuts.keys("two") == ("B", "C")

    def test_refusals(self, settings) -> None:
        shortcuts = make(settings())
        assert "Digits" in shortcuts.refusal("one", "1")
        assert "one key" in shortcuts.refusal("held", "Ctrl+E")
        assert not shortcuts.refusal("held", "E") and not shortcuts.refusal("one", "Ctrl+E")

    def test_they_are_kept_and_those_of_vanished_things_do_no_harm(self, settings) -> None:
        settings().shortcuts = {"gone": ["B"], "one": ["X"]}
        shortcuts = make(settings())
        assert shortcuts.keys("one") == ("X",) and shortcuts.keys("two") == ("B", "C")
        shortcuts.set_keys("two", ())
        assert settings().shortcuts == {"gone": ["B"], "one": ["X"], "two": []}
        assert make(settings()).keys("two") == ()

    def test_a_later_default_does_not_take_what_the_user_chose(self, settings) -> None:
        settings().shortcuts = {"two": ["A"]}
        shortcuts = make(settings())
        assert shortcuts.keys("two") == ("A",) and shortcuts.keys("one") == ()

    @pytest.mark.parametrize("kept", ["{", "[1]", '{"one": 3, "two": [["A"]], "x": null}'])
    def test_broken_settings_do_no_harm(self, settings, kept: str) -> None:
        settings()._store.setValue("shortcuts", kept)
        assert make(settings()).keys("held") == ("D",)

    def test_all_at_once_and_back(self, settings) -> None:
        shortcuts = make(settings())
        shortcuts.set_keys("one", ("B",))
        before = shortcuts.chosen()
        shortcuts.choose({})
        assert not shortcuts.any_changed
        shortcuts.choose(before)
        assert shortcuts.keys("one") == ("B",) and shortcuts.keys("two") == ("C",)


class _Memory:
    """Settings that last as long as this object."""

    def __init__(self) -> None:
        self.shortcuts: dict[str, object] = {}


names = st.sampled_from(sorted(DEFAULTS))
moves = st.tuples(names, st.lists(st.sampled_from(KEYS), max_size=3, unique=True).map(tuple))


@given(st.lists(moves, max_size=12), st.lists(names, max_size=2))
def test_whatever_is_chosen_no_two_things_share_keys(steps, resets) -> None:
    memory = _Memory()
    shortcuts = make(memory)
    for name, keys in steps:
        shortcuts.set_keys(name, keys)
        assert shortcuts.keys(name) == keys
    for name in resets:
        shortcuts.reset(name)
        assert shortcuts.keys(name) == DEFAULTS[name]
    for again in (shortcuts, make(memory)):
        had = [key for name in DEFAULTS if name != "drawn" for key in again.keys(name)]
        assert len(had) == len(set(had))
        assert all(again.keys(name) == shortcuts.keys(name) for name in DEFAULTS)


class TestHandKeys:
    def test_held_keys_work_with_others_down(self) -> None:
        keys = HandKeys()
        assert keys.held(event(Qt.Key.Key_Space)) == "pan"
        assert keys.held(event(Qt.Key.Key_Space, Modifier.ControlModifier)) == "pan"
        assert keys.held(event(Qt.Key.Key_B)) is None

    def test_other_keys(self) -> None:
        keys = HandKeys()
        pan, finish = HAND_KEYS[0], HAND_KEYS[2]
        keys.set_keys(pan, ("Z",))
        keys.set_keys(finish, ("Ctrl+F",))
        assert keys.held(event(Qt.Key.Key_Z)) == "pan" and not keys.is_held("Space")
        assert keys.drawing(event(Qt.Key.Key_Return)) is None
        assert keys.drawing(event(Qt.Key.Key_F, Modifier.ControlModifier)) == "finish"

    def test_two_meanings_swap_their_keys_in_any_order(self) -> None:
        finish, back = HAND_KEYS[2], HAND_KEYS[3]
        for order in ((finish, back), (back, finish)):
            keys = HandKeys()
            swapped = {finish: ("Backspace",), back: ("Return",)}
            for each in order:
                keys.set_keys(each, swapped[each])
            assert keys.drawing(event(Qt.Key.Key_Return)) == "take_point_back"
            assert keys.drawing(event(Qt.Key.Key_Backspace)) == "finish"
