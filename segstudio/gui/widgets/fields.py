"""Which widgets are typed into: letters, Return and Backspace there mean text, not actions."""

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_FIELDS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)


def is_field(widget: QWidget | None) -> bool:
    """Whether somebody who has this widget's focus types text or numbers."""
    return isinstance(widget, _FIELDS)
