"""The keys of everything that has some, as the user wants them: one key never does two things."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from segstudio.gui.key_text import Keys, is_single, valid
from segstudio.gui.settings import Settings

Scope = Literal["command", "held", "drawing"]
"""When keys are listened to. While a shape is being drawn, its keys go before all others."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """What some keys do.

    ``name`` is kept in the settings; ``group`` is the menu or heading it stands under; ``take``
    is told its keys.
    """

    name: str
    text: str
    group: str
    tooltip: str
    defaults: Keys
    take: Callable[[Keys], object]
    icon: str = ""
    scope: Scope = "command"


class Shortcuts(QObject):
    """Who has which keys; the user's choice goes before what SegStudio brings.

    Parameters
    ----------
    entries
        All that can have keys, with what it has by default.
    settings
        Keep what the user chose. Keys of something that there is no more do no harm there.
    reserved
        Keys that are nobody's to have, and why.
    """

    changed = Signal()

    def __init__(
        self,
        entries: Iterable[Bound],
        settings: Settings,
        reserved: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.entries = tuple(entries)
        self._by_name = {entry.name: entry for entry in self.entries}
        self._settings = settings
        self._reserved = reserved
        self._chosen = {name: valid(keys) for name, keys in settings.shortcuts.items()}
        self._current = {entry.name: entry.defaults for entry in self.entries}
        self._settle()

    def keys(self, name: str) -> Keys:
        """The keys of an entry as they are now."""
        return self._current[name]

    def is_changed(self, name: str) -> bool:
        """Whether an entry has other keys than SegStudio brings."""
        return self._current[name] != self._by_name[name].defaults

    @property
    def any_changed(self) -> bool:
        return any(map(self.is_changed, self._by_name))

    def refusal(self, name: str, keys: str) -> str:
        """Why an entry can by no means have these keys; empty where it can."""
        if self._by_name[name].scope == "held" and not is_single(keys):
            return "What is held is one key, without Ctrl, Shift or Alt."
        return self._reserved.get(keys, "")

    def owners(self, name: str, keys: Keys) -> list[Bound]:
        """Who else has some of these keys."""
        rivals = self._rivals(name)
        return [entry for entry in rivals if set(keys) & set(self._current[entry.name])]

    def set_keys(self, name: str, keys: Keys) -> None:
        """Give an entry these keys and no others; whoever has one of them loses it."""
        rivals = {entry.name for entry in self._rivals(name)}
        for other, chosen in self._chosen.items():
            if other in rivals:
                self._chosen[other] = tuple(key for key in chosen if key not in keys)
        self._chosen[name] = keys
        self._keep()

    def reset(self, name: str) -> None:
        """What SegStudio brings for one entry; whoever has it loses it."""
        self.set_keys(name, self._by_name[name].defaults)

    def chosen(self) -> dict[str, Keys]:
        """All that the user chose, to be handed to :meth:`choose` again."""
        return dict(self._chosen)

    def choose(self, chosen: Mapping[str, Keys]) -> None:
        """Other keys for all entries; without any choice, what SegStudio brings."""
        self._chosen = dict(chosen)
        self._keep()

    def _keep(self) -> None:
        defaults = {entry.name: entry.defaults for entry in self.entries}
        self._chosen = {n: keys for n, keys in self._chosen.items() if defaults.get(n) != keys}
        self._settings.shortcuts = self._chosen
        self._settle()
        self.changed.emit()

    def _settle(self) -> None:
        """Give everybody their keys; none to two."""
        taken: set[tuple[bool, str]] = set()
        for entry in sorted(self.entries, key=lambda entry: entry.name not in self._chosen):
            wanted = self._chosen.get(entry.name, entry.defaults)
            own = {(entry.scope == "drawing", key) for key in wanted}
            keys = tuple(key for key in wanted if (entry.scope == "drawing", key) not in taken)
            taken |= own
            if keys != self._current[entry.name]:
                self._current[entry.name] = keys
                entry.take(keys)

    def _rivals(self, name: str) -> list[Bound]:
        drawing = self._by_name[name].scope == "drawing"
        others = (entry for entry in self.entries if entry.name != name)
        return [entry for entry in others if (entry.scope == "drawing") == drawing]
