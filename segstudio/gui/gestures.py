"""What mouse, touchpad and pen do on the canvas, as the sheet of shortcuts tells it."""

from segstudio.gui.key_text import held_caps
from segstudio.gui.sheet_columns import Group, Row


def _row(text: str, doing: str, held: str = "") -> Row:
    return Row(text, ((*held_caps(held), doing),))


GESTURES = (
    Group(
        "Mouse",
        (
            _row("Zoom at the pointer", "Wheel"),
            _row("Size of the tool", "Wheel", "Ctrl"),
            _row("Next or previous class", "Wheel", "Shift"),
            _row("Strength of the overlay", "Wheel", "Alt"),
            _row("Pick the class under the pointer", "Right click"),
            _row("Pan", "Middle drag"),
        ),
    ),
    Group(
        "Touchpad and pen",
        (
            _row("Zoom at the fingers", "Pinch"),
            _row("Pan", "Two fingers"),
            _row("Size by pressure, if switched on", "Pen"),
            _row("Eraser, while it is near", "Pen’s end"),
            _row("Pick the class under the pen", "Pen’s button"),
        ),
    ),
    Group("Classes", (_row("Pick the class of this number", "1 … 0"),)),
)
