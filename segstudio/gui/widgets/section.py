"""A part of a panel that folds away under its title."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segstudio.gui import theme


class Section(QWidget):
    """A title that shows or hides what is under it.

    Parameters
    ----------
    title
        One or two words.
    body
        What folds away.
    expanded
        Whether it is open at first.
    trailing
        A small widget at the right end of the title line, which stays when folded.
    """

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        body: QWidget,
        *,
        expanded: bool = True,
        trailing: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.body = body
        self.header = QToolButton()
        self.header.setCheckable(True)
        self.header.setProperty("role", "section")
        self.header.setIconSize(theme.PANEL_ICON)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_title(title)
        line = QHBoxLayout()
        line.setSpacing(theme.STEP)
        line.addWidget(self.header, 1)
        if trailing is not None:
            line.addWidget(trailing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addLayout(line)
        column.addWidget(body)
        self.header.toggled.connect(self._fold)
        self.header.setChecked(expanded)
        self._fold(expanded)

    def set_title(self, title: str) -> None:
        """Another title."""
        self.header.setText(title)
        self.header.setAccessibleName(title)

    def expanded(self) -> bool:
        """Whether the body is shown."""
        return self.header.isChecked()

    def set_expanded(self, expanded: bool) -> None:
        """Show or fold the body."""
        self.header.setChecked(expanded)

    def _fold(self, expanded: bool) -> None:
        self.body.setVisible(expanded)
        name = "chevron-down" if expanded else "chevron-right"
        self.header.setIcon(theme.icon(name, "quiet"))
        self.toggled.emit(expanded)
