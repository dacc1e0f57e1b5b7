"""Labels in the two font sizes and few tones that there are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from segstudio.gui import theme


def title(text: str) -> QLabel:
    """The larger of the two sizes: what a page is about."""
    label = _wrapped(text)
    label.setFont(theme.title_font(label))
    return label


def heading(text: str) -> QLabel:
    """Over a group of controls."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def body(text: str = "") -> QLabel:
    """Text that wraps, and that can be copied."""
    label = _wrapped(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def quiet(text: str = "") -> QLabel:
    """An explanation, in the secondary tone."""
    label = _wrapped(text)
    set_tone(label, "quiet")
    return label


def set_tone(label: QLabel, role: str) -> None:
    """Another tone: quiet, good, caution, bad, or "" for plain."""
    label.setProperty("role", role)
    label.style().unpolish(label)
    label.style().polish(label)


def _wrapped(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
