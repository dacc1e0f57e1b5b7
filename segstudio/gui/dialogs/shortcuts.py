"""Shows all keys and lets the user change them."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.shortcut_editor import ShortcutEditor
from segstudio.gui.dialogs.parts.shortcut_list import ShortcutList
from segstudio.gui.shortcuts import Shortcuts
from segstudio.gui.widgets.empty_state import EmptyState

_WIDTH = 640
_LIST_HEIGHT = 42 * theme.STEP
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ShortcutsDialog(PagedDialog):
    """A searchable list, and below it the keys of what is chosen there."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        self._shortcuts = shortcuts
        self.search = QLineEdit(placeholderText="Search by name, menu or keys; “changed” for yours")
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.list = ShortcutList(shortcuts)
        self.editor = ShortcutEditor(shortcuts)
        self._found = QStackedWidget()
        self._found.setMinimumHeight(_LIST_HEIGHT)
        self._found.addWidget(self.list)
        self._found.addWidget(EmptyState("magnify", "Nothing has that name or those keys."))
        self.reset_all = plain("Reset all")
        self.reset_all.setToolTip("Give everything the keys that SegStudio brings")
        close = primary("Close")
        close.setAutoDefault(False)  # Enter asks for new keys
        self.add_page(Page(self._content(), _WIDTH, self.reset_all, close))
        self.search.textChanged.connect(self._filter)
        self.list.chosen.connect(self.editor.show_entry)
        self.list.key_wanted.connect(self.editor.listen)
        self.reset_all.clicked.connect(self._reset_all)
        close.clicked.connect(self.close)
        shortcuts.changed.connect(self._refresh)
        shortcuts.changed.connect(self.list.setFocus)
        self._filter("")
        self._refresh()
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _MOVES:
                return self.list.event(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.editor.listen()
                return True
        return super().eventFilter(watched, event)

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(theme.STEP)
        column.addWidget(self.search)
        column.addWidget(self._found, 1)
        column.addSpacing(theme.STEP)
        column.addWidget(self.editor)
        return content

    def _filter(self, text: str) -> None:
        self.list.filter(text)
        self._found.setCurrentIndex(0 if self.list.entry else 1)
        self.editor.show_entry(self.list.entry)

    def _refresh(self) -> None:
        self.list.refresh()
        self.editor.show_entry(self.list.entry)
        self.reset_all.setEnabled(self._shortcuts.any_changed)

    def _reset_all(self) -> None:
        before = self._shortcuts.chosen()
        self._shortcuts.choose({})
        self.editor.say(
            "All keys are those that SegStudio brings.",
            "Undo",
            lambda: self._shortcuts.choose(before),
        )
