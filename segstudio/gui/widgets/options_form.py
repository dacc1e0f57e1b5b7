"""A form that builds itself from options that describe themselves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.core.options import OptionSpec, describe
from segstudio.gui import theme
from segstudio.gui.widgets.choice_row import ChoiceRow
from segstudio.gui.widgets.number_row import NumberRow
from segstudio.gui.widgets.row import align
from segstudio.gui.widgets.slider_row import SliderRow
from segstudio.gui.widgets.switch_row import SwitchRow

OptionRow = SliderRow | NumberRow | ChoiceRow | SwitchRow


class OptionsForm(QWidget):
    """Rows for the fields of an options dataclass.

    Parameters
    ----------
    options_type
        A frozen dataclass whose fields all have defaults; those made by
        :func:`segstudio.core.options.option` are shown.
    names
        Only these fields, in this order; all where left out.
    """

    options_changed = Signal(object)
    options_settled = Signal(object)

    def __init__(
        self,
        options_type: type[Any],
        names: Sequence[str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._options: Any = options_type()
        specs = {spec.name: spec for spec in describe(options_type)}
        self.rows: dict[str, OptionRow] = {
            name: _row(specs[name]) for name in (specs if names is None else names)
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        for name, row in self.rows.items():
            column.addWidget(row)
            self._connect(row, specs[name])
        if self.rows:
            align(self.rows.values())

    def options(self) -> Any:
        """An instance with what is set now."""
        return self._options

    def set_options(self, options: object) -> None:
        """Show another instance's values without telling anybody."""
        self._options = options
        for name, row in self.rows.items():
            row.set_value(getattr(options, name))

    def reset(self) -> None:
        """Set all shown fields' defaults, as one change."""
        defaults = type(self._options)()
        self.set_options(
            replace(self._options, **{name: getattr(defaults, name) for name in self.rows})
        )
        self.options_changed.emit(self._options)
        self.options_settled.emit(self._options)

    def _connect(self, row: OptionRow, spec: OptionSpec) -> None:
        row.valueChanged.connect(lambda value: self._take(spec, value))
        row.settled.connect(lambda _value: self.options_settled.emit(self._options))

    def _take(self, spec: OptionSpec, value: Any) -> None:
        self._options = replace(self._options, **{spec.name: spec.kind(value)})
        self.options_changed.emit(self._options)


def _row(spec: OptionSpec) -> OptionRow:
    if spec.kind is bool:
        return SwitchRow(spec.label, spec.default, tooltip=spec.tooltip)
    if spec.choices:
        return ChoiceRow(spec.label, spec.choices, spec.default, tooltip=spec.tooltip)
    if spec.kind not in (int, float):
        raise TypeError(f"option {spec.name!r}: a {spec.kind.__name__} needs choices")
    if spec.minimum is None or spec.maximum is None:
        return NumberRow(
            spec.label,
            spec.default,
            minimum=spec.minimum,
            maximum=spec.maximum,
            decimals=spec.decimals,
            unit=spec.unit,
            tooltip=spec.tooltip,
        )
    return SliderRow(
        spec.label,
        spec.minimum,
        spec.maximum,
        spec.default,
        decimals=spec.decimals,
        unit=spec.unit,
        tooltip=spec.tooltip,
        logarithmic=spec.logarithmic,
    )
