"""Says for each pair of classes whether the one may be painted over the other."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.overwrite_table import OverwriteTableModel, OverwriteView
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.text import body, quiet
from segstudio.gui.protection_state import ProtectionState

_WIDTH = 420
_HOW = (
    "Rows are painted over columns. Click a cell to forbid or allow it, or a name for its whole "
    "row or column. By keys: arrows and Space, Ctrl+Space for the column, Shift+Space for the row."
)


class OverwriteDialog(PagedDialog):
    """Every click takes effect at once."""

    edited = Signal(object)
    """All forbidden pairs, as ``Protection.forbidden``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Overwrite rules", parent)
        self.table = OverwriteTableModel(self)
        self.view = OverwriteView(self.table)
        self.sentence = body()
        self.allow_all = plain("Allow everything")
        close = primary("Close")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(theme.STEP)
        column.addWidget(quiet(_HOW))
        column.addWidget(self.view, 1)
        column.addWidget(self.sentence)
        page = Page(content, _WIDTH, self.allow_all, close)
        self.add_page(page)
        self.view.pointed.connect(self._point)
        self.table.edited.connect(self.edited)
        self.allow_all.clicked.connect(lambda: self.edited.emit(frozenset()))
        close.clicked.connect(self.close)

    def show_state(self, state: ProtectionState) -> None:
        """Show the rules as they are now."""
        self.table.set_rules(state.classes, state.rules.forbidden)
        self.allow_all.setEnabled(bool(state.rules.forbidden))
        self._point(self.view.currentIndex())

    def _point(self, index: QModelIndex) -> None:
        self.sentence.setText(self.table.sentence(index) or " ")
