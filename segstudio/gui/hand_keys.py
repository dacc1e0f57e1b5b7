"""Keys that are no commands: some act while they are held, some belong to what is being drawn."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QKeyEvent

from segstudio.gui.key_text import Keys, pressed

Meaning = Literal["pan", "bare", "finish", "take_point_back", "give_up"]


@dataclass(frozen=True, slots=True)
class HandKey:
    """One meaning, and the keys that have it by default."""

    meaning: Meaning
    text: str
    tooltip: str
    defaults: Keys
    held: bool = False


HAND_KEYS = (
    HandKey("pan", "Pan by dragging", "The picture follows the mouse.", ("Space",), held=True),
    HandKey("bare", "See the bare picture", "Labels are hidden meanwhile.", ("Tab",), held=True),
    HandKey(
        "finish", "Finish the shape", "Close a polygon or end a line here.", ("Return", "Enter")
    ),
    HandKey(
        "take_point_back",
        "Take the last point back",
        "Of a polygon, a line or what else is set point by point.",
        ("Backspace",),
    ),
    HandKey("give_up", "Give up", "Nothing is left of what was being drawn.", ("Esc",)),
)


class HandKeys:
    """Which keys have which meaning now."""

    def __init__(self) -> None:
        self._held: dict[str, Meaning] = {}
        self._drawing: dict[str, Meaning] = {}
        for key in HAND_KEYS:
            self.set_keys(key, key.defaults)

    def set_keys(self, hand_key: HandKey, keys: Keys) -> None:
        """Give a meaning these keys and no others."""
        table = self._held if hand_key.held else self._drawing
        for key in [key for key, meaning in table.items() if meaning == hand_key.meaning]:
            del table[key]
        table.update(dict.fromkeys(keys, hand_key.meaning))

    def held(self, event: QKeyEvent) -> Meaning | None:
        """What a key does for as long as it is held, whatever is held with it."""
        keys = pressed(event)
        return self._held.get(keys) or self._held.get(keys.rpartition("+")[2])

    def is_held(self, keys: str) -> bool:
        """Whether these keys do something while they are held."""
        return keys in self._held

    def drawing(self, event: QKeyEvent) -> Meaning | None:
        """What a key does to what is being drawn."""
        return self._drawing.get(pressed(event))
