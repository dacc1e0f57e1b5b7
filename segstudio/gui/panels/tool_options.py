"""The options of the tool in hand, and how it is used."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from segstudio.core.options import describe
from segstudio.gui import theme
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.icon_label import IconLabel
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.tools.parts.spec import ToolSpec


class ToolOptionsPanel(ScrollPage):
    """Shows the options of one tool at a time."""

    options_changed = Signal(object)
    """A new frozen instance of the tool's options."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, least=15 * theme.STEP)
        self._form: OptionsForm | None = None
        self._body = QWidget()
        self._sign = IconLabel("tools")
        self._heading = ElidedLabel()
        bold = self._heading.font()
        bold.setBold(True)
        self._heading.setFont(bold)
        line = QHBoxLayout()
        line.setSpacing(theme.STEP)
        line.addWidget(self._sign)
        line.addWidget(self._heading, 1)
        self.column.addLayout(line)
        self._usage = QLabel()
        self._usage.setWordWrap(True)
        self._usage.setProperty("role", "quiet")
        self.column.addWidget(self._body)
        self.column.addWidget(self._usage)
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
        self._sign.set_icon(spec.icon)
        self._heading.setText(spec.label)
        self._usage.setText(spec.tooltip)

    def _replace_form(self, options: Any) -> None:
        old = self._body
        self._form = OptionsForm(type(options)) if describe(type(options)) else None
        if self._form is not None:
            self._form.options_changed.connect(self.options_changed)
        self._body = self._form or QWidget()
        self.column.replaceWidget(old, self._body)
        old.hide()
        old.deleteLater()
