"""Changes the keys of one entry, and asks before it takes them from another."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import plain
from segstudio.gui.dialogs.parts.text import heading, quiet
from segstudio.gui.key_text import Keys, native
from segstudio.gui.shortcuts import Bound, Shortcuts
from segstudio.gui.widgets.icon_label import IconLabel
from segstudio.gui.widgets.key_button import KeyButton

_ASK = "Click the keys, then press others."
_WAIT = "Escape leaves them as they are."


class ShortcutEditor(QWidget):
    """Every change takes effect at once; a conflict waits for the user's word."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._entry: Bound | None = None
        self._act: Callable[[], object] | None = None
        self._name, self._about = heading(""), quiet()
        self.reset = plain("Reset")
        self.reset.setToolTip("Give this one the keys that SegStudio brings")
        self.buttons: list[KeyButton] = []
        self._keys = QHBoxLayout()
        self._keys.setSpacing(theme.STEP // 2)
        self._sign, self.notice = IconLabel("alert-outline", "caution"), quiet()
        self.remedy = plain("")
        self._lay_out()
        self.reset.clicked.connect(self._reset)
        self.remedy.clicked.connect(self._do)

    def show_entry(self, entry: Bound | None) -> None:
        """Edit another entry, or show the same one's keys as they are now."""
        self._entry = entry
        self.say(_ASK if entry else "")
        self._name.setText(entry.text if entry else "")
        self._about.setText(entry.tooltip if entry else "")
        self.reset.setEnabled(entry is not None and self._shortcuts.is_changed(entry.name))
        self._show_keys(self._shortcuts.keys(entry.name) if entry else ())

    def listen(self) -> None:
        """Wait for keys instead of the first ones."""
        if self.buttons:
            self.buttons[0].listen()

    def say(self, text: str, remedy: str = "", act: Callable[[], object] | None = None) -> None:
        """Say something below the keys, and perhaps what can be done about it."""
        self.notice.setText(text)
        self._sign.hide()
        self.remedy.setText(remedy)
        self.remedy.setVisible(act is not None)
        self._act = act

    def _warn(self, text: str, remedy: str = "", act: Callable[[], object] | None = None) -> None:
        self.say(text, remedy, act)
        self._sign.show()

    def _lay_out(self) -> None:
        for button in (self.reset, self.remedy):
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self.reset)
        said = QHBoxLayout()
        said.setSpacing(theme.STEP)
        said.addWidget(self._sign)
        said.addWidget(self.notice, 1)
        said.addWidget(self.remedy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addLayout(self._keys)
        column.addLayout(said)
        column.addStretch(1)
        # What is said below may be one line or two: nothing moves.
        self.notice.setMinimumHeight(self.remedy.sizeHint().height())
        self.setFixedHeight(19 * theme.STEP)

    def _show_keys(self, keys: Keys) -> None:
        while (item := self._keys.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        shown = (*keys, "") if self._entry else ()
        self.buttons = [self._button(place, each) for place, each in enumerate(shown)]
        self._keys.addStretch(1)
        for button in self.buttons:
            button.show()  # layouts do that later, and what is hidden gets no keys

    def _button(self, place: int, keys: str) -> KeyButton:
        button = KeyButton(keys)
        button.recorded.connect(lambda new: self._replace(place, new))
        button.waiting_changed.connect(lambda waits: self.say(_WAIT if waits else _ASK))
        self._keys.addWidget(button)
        if keys:
            self._keys.addWidget(self._clearing(place, keys))
            self._keys.addSpacing(theme.STEP)
        return button

    def _clearing(self, place: int, keys: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon("close", "quiet"))
        button.setIconSize(theme.PANEL_ICON)
        button.setToolTip(f"Do without {native(keys)}")
        button.setAccessibleName(button.toolTip())
        button.clicked.connect(lambda: self._replace(place))
        return button

    def _replace(self, place: int, *new: str) -> None:
        assert self._entry is not None
        keys = list(self._shortcuts.keys(self._entry.name))
        keys[place : place + 1] = new
        self._propose(tuple(dict.fromkeys(keys)))

    def _reset(self) -> None:
        assert self._entry is not None
        self._propose(self._entry.defaults)

    def _propose(self, keys: Keys) -> None:
        assert self._entry is not None
        name = self._entry.name
        refusals = filter(None, (self._shortcuts.refusal(name, key) for key in keys))
        owners = self._shortcuts.owners(name, keys)
        if refusal := next(refusals, ""):
            self._warn(refusal)
        elif owners:
            take = partial(self._shortcuts.set_keys, name, keys)
            self._warn(" ".join(self._conflict(owner, keys) for owner in owners), "Take it", take)
            self.remedy.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._shortcuts.set_keys(name, keys)

    def _conflict(self, owner: Bound, keys: Keys) -> str:
        had = [native(key) for key in self._shortcuts.keys(owner.name) if key in keys]
        verb = "belong" if len(had) > 1 else "belongs"
        return f"{' and '.join(had)} {verb} to “{owner.text}” ({owner.group}), which would lose it."

    def _do(self) -> None:
        if self._act is not None:
            self._act()
