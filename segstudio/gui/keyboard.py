"""What the keys do: tells it on a sheet, and lets the user have it otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.gui.actions import Actions, ActionSpec, action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.cheat_sheet import CheatSheet
from segstudio.gui.gestures import GESTURES
from segstudio.gui.hand_keys import HAND_KEYS
from segstudio.gui.key_text import caps, native, valid
from segstudio.gui.settings import Settings
from segstudio.gui.sheet_columns import Group, Row
from segstudio.gui.shortcuts import Bound, Shortcuts

# The dialog is imported when it is asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.shortcuts import ShortcutsDialog

_DIGITS = "1234567890"
_MOST_KEYS = 2
"""Combinations that the sheet has room for beside each text."""


class Keyboard(QObject):
    """Gathers all that has keys, once the window has made its actions."""

    changed = Signal()
    """Something has other keys."""

    def __init__(self, canvas: Canvas, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._settings = settings
        self._window = window
        self._shortcuts: Shortcuts | None = None
        self._sheet: CheatSheet | None = None
        self._dialog: ShortcutsDialog | None = None

    def take(self, actions: Actions, menus: Mapping[str, QMenu]) -> None:
        """Give all actions and the canvas the keys that the user has for them."""
        places = {title: place for place, title in enumerate(menus)}
        specs = sorted(actions.in_groups(), key=lambda spec: places[spec.menu_title])
        entries = [*(_bound(spec, actions) for spec in specs), *self._hand_entries()]
        reserved = dict.fromkeys(_DIGITS, "Digits pick classes; a class's menu gives it another.")
        for menu in menus.values():
            opened = QKeySequence.mnemonic(menu.title()).toString()
            reserved[opened] = f"{native(opened)} opens the menu “{menu.title().replace('&', '')}”."
        self._shortcuts = Shortcuts(entries, self._settings, reserved, self)
        self._shortcuts.changed.connect(self.changed)

    @property
    def shortcuts(self) -> Shortcuts:
        """Who has which keys; there once the actions have been taken."""
        assert self._shortcuts is not None
        return self._shortcuts

    @action(
        "Keyboard &shortcuts…",
        "Edit/9",
        "Choose other keys for anything that SegStudio can do.",
        icon="mdi6.keyboard-settings-outline",
        shortcuts=["Ctrl+Shift+K"],
    )
    def show_shortcuts(self) -> None:
        """Show the dialog that changes keys."""
        from segstudio.gui.dialogs.shortcuts import ShortcutsDialog

        if self._dialog is None:
            self._dialog = ShortcutsDialog(self.shortcuts, self._window)
        self._dialog.bring_forward()

    @action(
        "&Shortcuts and gestures",
        "Help/1",
        "All keys, and what mouse, touchpad and pen do, on one sheet.",
        icon="mdi6.keyboard-outline",
        shortcuts=["?", "F1"],
    )
    def show_sheet(self) -> None:
        """Lay the sheet over the window, or take it away."""
        if self._sheet is not None:
            self._sheet.close()
            return
        keys = self.shortcuts.keys("show_sheet")
        self._sheet = CheatSheet(
            list(self._groups()), native(keys[0]) if keys else "", self._window
        )
        self._sheet.closed.connect(self._sheet_closed)
        self._sheet.change_requested.connect(self.show_shortcuts)
        self._sheet.show_over()

    def _sheet_closed(self) -> None:
        self._sheet = None
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hand_entries(self) -> Iterator[Bound]:
        for key in HAND_KEYS:
            yield Bound(
                key.meaning,
                key.text,
                "Held keys" if key.held else "While drawing",
                key.tooltip,
                key.defaults,
                partial(self._canvas.keys.set_keys, key),
                scope="held" if key.held else "drawing",
            )

    def _groups(self) -> Iterator[Group]:
        for title, entries in groupby(self.shortcuts.entries, key=lambda entry: entry.group):
            rows = tuple(self._rows(entries))
            if rows:
                yield Group(title, rows)
        yield from GESTURES

    def _rows(self, entries: Iterable[Bound]) -> Iterator[Row]:
        for entry in entries:
            keys = self.shortcuts.keys(entry.name)[:_MOST_KEYS]
            if keys:
                yield Row(entry.text, tuple(map(caps, keys)))


def _bound(spec: ActionSpec, actions: Actions) -> Bound:
    take = partial(actions.set_keys, spec.name)
    keys = valid(spec.shortcuts)
    return Bound(spec.name, spec.title, spec.menu_title, spec.tooltip, keys, take, spec.icon)
