"""The options of the tool in hand, and how labels are shown."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from segstudio.core.options import describe
from segstudio.gui.panels.display import DisplayPanel
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.section import Section
from segstudio.tools.parts.spec import ToolSpec


class ToolOptionsPanel(ScrollPage):
    """Shows the options of one tool at a time, and the display section under it."""

    options_changed = Signal(object)
    """A new frozen instance of the tool's options."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.display = DisplayPanel()
        self._form: OptionsForm | None = None
        self._tool = Section("Tool", _nothing())
        self.column.addWidget(self._tool)
        self.column.addWidget(Section("Labels", self.display))
        self.column.addStretch(1)

    @property
    def form(self) -> OptionsForm | None:
        """The form of the tool in hand; None where it has no options."""
        return self._form

    def set_tool(self, spec: ToolSpec, options: Any) -> None:
        """Show another tool with its options, or other options of the same tool."""
        if self._form is None or type(self._form.options()) is not type(options):
            self._replace_form(options)
        if self._form is not None:
            self._form.set_options(options)
        self._tool.set_title(spec.label)

    def _replace_form(self, options: Any) -> None:
        self.column.removeWidget(self._tool)
        self._tool.hide()
        self._tool.deleteLater()
        self._form = OptionsForm(type(options)) if describe(type(options)) else None
        if self._form is not None:
            self._form.options_changed.connect(self.options_changed)
        self._tool = Section("", self._form or _nothing())
        self.column.insertWidget(0, self._tool)


def _nothing() -> QLabel:
    label = QLabel("This tool has no options.")
    label.setProperty("role", "quiet")
    return label
