"""Keys as text: how they are kept, how they are shown, and how a person pressed them.

Kept keys are Qt's portable text of one combination, such as "Ctrl+Shift+P".
"""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Keys = tuple[str, ...]
"""All combinations that do one thing, the one that is shown first."""

_MODIFIERS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)


def pressed(event: QKeyEvent) -> str:
    """The combination that an event tells of; empty while only Ctrl and the like are down."""
    key = Qt.Key(event.key())
    if key in _MODIFIERS:
        return ""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if _is_sign(key):
        # Shift only makes the sign, and which keys do so is another matter on every keyboard.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return _portable(QKeySequence(QKeyCombination(modifiers, key)))


def valid(keys: object) -> Keys:
    """Those entries of a list that are one combination each, however they are spelt."""
    if not isinstance(keys, list | tuple):
        return ()
    sequences = [QKeySequence(entry) for entry in keys if isinstance(entry, str)]
    texts = [_portable(sequence) for sequence in sequences if sequence.count() == 1]
    return tuple(dict.fromkeys(filter(None, texts)))


def native(keys: str) -> str:
    """As this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def caps(keys: str) -> tuple[str, ...]:
    """What stands on each key that has to be held down, as this system writes it."""
    last = _last_key(keys)
    return (*held_caps(keys.removesuffix(last).removesuffix("+")), native(last))


def held_caps(modifiers: str) -> tuple[str, ...]:
    """What stands on Ctrl, Shift and Alt, written "Ctrl+Shift", on this system."""
    names = filter(None, modifiers.split("+"))
    # macOS writes signs, and nothing after them.
    return tuple(native(f"{name}+A").removesuffix("A").removesuffix("+") for name in names)


def is_single(keys: str) -> bool:
    """Whether it is one key, without Ctrl and the like."""
    return _last_key(keys) == keys


def _last_key(keys: str) -> str:
    return keys.rpartition("+")[2] or "+"


def _portable(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def _is_sign(key: Qt.Key) -> bool:
    return 0x21 <= key.value < 0x7F and not chr(key.value).isalpha()
