"""Which checks are made, and how: a form that builds itself from the checks there are."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.core.lint import in_order
from segstudio.core.lint.parts.class_sets import ClassPairs, ClassSet
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import CheckSpec
from segstudio.core.options import OptionSpec, describe
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.overwrite_table import OverwriteView
from segstudio.gui.dialogs.parts.text import quiet
from segstudio.gui.dialogs.parts.touch_table import TouchTableModel
from segstudio.gui.lint_state import LintState
from segstudio.gui.widgets.class_set_row import ClassSetRow
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.row import Row, align
from segstudio.gui.widgets.switch_row import SwitchRow

_INDENT = 2 * theme.STEP


class LintRulesForm(QWidget):
    """For each check a switch, and its options while it is on."""

    edited = Signal(object)
    """The new ``LintRules``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = LintRules()
        self.on_save = SwitchRow("Check when saving", True, tooltip="Say in one line what is found")
        self.on_save.valueChanged.connect(
            lambda on: self.edited.emit(replace(self._rules, on_save=on))
        )
        self.checks = {spec.name: _CheckForm(spec) for spec in in_order()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(self.on_save)
        for name, form in self.checks.items():
            column.addWidget(form)
            form.switched.connect(lambda on, n=name: self.edited.emit(self._rules.switched(n, on)))
            form.options_changed.connect(
                lambda options, n=name: self.edited.emit(self._rules.with_options(n, options))
            )
        column.addStretch(1)
        align(row for form in self.checks.values() for row in form.rows)

    def show_state(self, state: LintState) -> None:
        """Show other rules without telling anybody."""
        self._rules = state.rules
        self.on_save.set_value(state.rules.on_save)
        for form in self.checks.values():
            form.show_state(state)


class _CheckForm(QWidget):
    """One check."""

    switched = Signal(bool)
    options_changed = Signal(object)

    def __init__(self, spec: CheckSpec) -> None:
        super().__init__()
        self._spec = spec
        self._options: Any = spec.options()
        self.switch = SwitchRow(spec.label, True, tooltip=spec.tooltip)
        self.switch.valueChanged.connect(self.switched)
        fields = describe(spec.options)
        self._sets = {f.name: _class_set(f) for f in fields if f.kind is ClassSet}
        self._pairs = {f.name: _PairsField(f) for f in fields if f.kind is ClassPairs}
        named = [*self._sets, *self._pairs]
        self.form = OptionsForm(spec.options, [f.name for f in fields if f.name not in named])
        self._body = QWidget()
        self._lay_out()
        self.form.options_settled.connect(
            lambda new: self._take(**{name: getattr(new, name) for name in self.form.rows})
        )
        for name, row in self._sets.items():
            row.valueChanged.connect(lambda value, n=name: self._take(**{n: value}))
        for name, pairs in self._pairs.items():
            pairs.edited.connect(lambda value, n=name: self._take(**{n: value}))

    @property
    def rows(self) -> list[Row]:
        """What stands below the switch, but for tables."""
        return [*self.form.rows.values(), *self._sets.values()]

    def show_state(self, state: LintState) -> None:
        """Show other options without telling anybody."""
        on = self._spec.name not in state.rules.off
        self._options = state.rules.options_of(self._spec)
        self.switch.set_value(on)
        self._body.setVisible(on and bool(describe(self._spec.options)))
        self.form.set_options(self._options)
        for name, row in self._sets.items():
            row.set_classes(state.classes)
            row.set_value(getattr(self._options, name))
        for name, pairs in self._pairs.items():
            pairs.show_pairs(state, getattr(self._options, name))

    def _lay_out(self) -> None:
        body = QVBoxLayout(self._body)
        body.setContentsMargins(_INDENT, 0, 0, 0)
        body.setSpacing(theme.STEP // 2)
        form = [self.form] if self.form.rows else []
        for part in [*form, *self._sets.values(), *self._pairs.values()]:
            body.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addWidget(self.switch)
        column.addWidget(self._body)

    def _take(self, **changes: Any) -> None:
        self._options = replace(self._options, **changes)
        self.options_changed.emit(self._options)


class _PairsField(QWidget):
    """A table of pairs of classes."""

    edited = Signal(object)
    """The new ``ClassPairs``."""

    def __init__(self, spec: OptionSpec) -> None:
        super().__init__()
        self.table = TouchTableModel(self)
        self.view = OverwriteView(self.table)
        self.view.setAccessibleName(spec.tooltip)
        self._note = quiet()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addWidget(quiet("Click where a row and a column meet to forbid or allow that pair."))
        column.addWidget(self.view)
        column.addWidget(self._note)
        self.table.edited.connect(lambda pairs: self.edited.emit(ClassPairs(pairs)))
        self.view.pointed.connect(lambda here: self._note.setText(self.table.sentence(here) or " "))

    def show_pairs(self, state: LintState, pairs: ClassPairs) -> None:
        """Show other pairs without telling anybody."""
        self.table.set_pairs(state.classes, pairs)
        self._note.setText(self.table.sentence(self.view.currentIndex()) or " ")


def _class_set(spec: OptionSpec) -> ClassSetRow:
    return ClassSetRow(spec.label, tooltip=spec.tooltip)
