"""Choosing an architecture and its options, for the dialogs that make a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.core.options import describe
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.text import quiet
from segstudio.gui.widgets.choice_row import CalmComboBox, ChoiceRow
from segstudio.gui.widgets.options_form import OptionsForm

FIRST_WEIGHTS = "weights"
"""The option of architectures that names what training starts from."""

_LONGEST_NAME = 24
"""Letters that the list shows of a network's name at least."""


@dataclass(frozen=True)
class NoOptions:
    """Of a network that has none."""


@dataclass(frozen=True, slots=True)
class FirstWeights:
    """One value of the option "weights": what it is called, and what it costs."""

    name: str
    label: str
    cost: str


@dataclass(frozen=True, slots=True)
class ArchitectureChoice:
    """One network.

    Attributes
    ----------
    name, label, summary, family
        ``summary`` is one sentence on it; those of a family stand together.
    options
        Its options, a frozen dataclass.
    first_weights
        What training can start from.
    """

    name: str
    label: str
    summary: str = ""
    family: str = ""
    options: type[Any] = NoOptions
    first_weights: tuple[FirstWeights, ...] = ()


class ArchitectureBox(CalmComboBox):
    """All networks, under the headings of their families; the tooltip of each says what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: dict[str, ArchitectureChoice] = {}
        self.setAccessibleName("Architecture")
        self.setMaxVisibleItems(40)
        self.setMinimumContentsLength(_LONGEST_NAME)

    def set_choices(self, choices: Sequence[ArchitectureChoice]) -> None:
        """Offer these, families in the order they come; the choice stays where it is among them."""
        chosen = self.currentData()
        self._choices = {choice.name: choice for choice in choices}
        with QSignalBlocker(self):
            self.setModel(_items(choices, self))
            first = choices[0].name if choices else ""
            self.setCurrentIndex(self.findData(chosen if chosen in self._choices else first))

    def choice(self) -> ArchitectureChoice | None:
        """What is chosen; None where nothing is offered."""
        return self._choices.get(self.currentData())


class ArchitectureOptions(QWidget):
    """The options of one architecture, with a word on what its first weights cost.

    Parameters
    ----------
    without
        Options that are not to be shown.
    """

    changed = Signal()

    def __init__(self, without: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._without = without
        self._choice: ArchitectureChoice | None = None
        self.form = OptionsForm(NoOptions)
        self.cost = quiet()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * theme.STEP, 0, 0, 0)
        self._column.setSpacing(theme.STEP // 2)
        self._column.addWidget(self.form)
        self._column.addWidget(self.cost)
        self._show_cost()

    def set_architecture(self, choice: ArchitectureChoice | None) -> None:
        """Show another network's options, all at their defaults; the same keeps what is set."""
        if choice == self._choice:
            return
        self._choice = choice
        kind = choice.options if choice else NoOptions
        names = [o.name for o in describe(kind) if o.name not in self._without]
        form = OptionsForm(kind, names)
        self._column.replaceWidget(self.form, form)
        self.form.hide()
        self.form.deleteLater()
        self.form = form
        form.options_changed.connect(self._show_cost)
        self._name_first_weights()
        self._show_cost()

    def values(self) -> dict[str, Any]:
        """The options that differ from their defaults."""
        chosen = self.form.options()
        return {
            name: getattr(chosen, name)
            for name in self.form.rows
            if getattr(chosen, name) != getattr(type(chosen)(), name)
        }

    def is_empty(self) -> bool:
        """Whether there is nothing to set."""
        return not self.form.rows

    def _first_weights(self) -> dict[str, FirstWeights]:
        if self._choice is None or FIRST_WEIGHTS not in self.form.rows:
            return {}
        return {entry.name: entry for entry in self._choice.first_weights}

    def _name_first_weights(self) -> None:
        """In the list, what they are is said in words: it is no keyword to be typed."""
        row = self.form.rows.get(FIRST_WEIGHTS)
        if not isinstance(row, ChoiceRow):
            return
        for place, name in enumerate(row.choices):
            known = self._first_weights().get(name)
            row.combo.setItemText(place, known.label if known else "None: random")

    def _show_cost(self) -> None:
        chosen = getattr(self.form.options(), FIRST_WEIGHTS, "")
        known = self._first_weights().get(chosen)
        self.cost.setText(known.cost if known else "")
        self.cost.setVisible(known is not None)
        self.changed.emit()


def _items(choices: Sequence[ArchitectureChoice], parent: QWidget) -> QStandardItemModel:
    items = QStandardItemModel(parent)
    for family in dict.fromkeys(choice.family for choice in choices):
        if family:
            items.appendRow(_heading(family))
        for choice in choices:
            if choice.family == family:
                item = QStandardItem(choice.label)
                item.setData(choice.name, Qt.ItemDataRole.UserRole)
                item.setToolTip(choice.summary)
                items.appendRow(item)
    return items


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    return item
