"""What painting may change: the rules that protect labels."""

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segstudio.core.classes import ClassTable, Colour
from segstudio.core.label_map import VOID
from segstudio.core.protection import Over
from segstudio.gui import theme
from segstudio.gui.protection_state import ProtectionState
from segstudio.gui.widgets.choice_row import CalmComboBox
from segstudio.gui.widgets.colour_button import paint_swatch
from segstudio.gui.widgets.row import Row, align
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.switch_row import SwitchRow

_SHARPNESS = 2


class ProtectionPanel(ScrollPage):
    """Paint over what, which class over which, and where."""

    over_chosen = Signal(str, int)
    """``Protection.over`` and ``over_class``."""

    rules_requested = Signal()
    """The dialog of pairs of classes is wanted."""

    inside_toggled = Signal(bool)
    """Whether to paint only inside the region."""

    draw_requested = Signal()
    """A region is to be drawn."""

    forget_requested = Signal()
    """The region shall go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, least=15 * theme.STEP)
        self._classes = ClassTable()
        self._choices: list[tuple[Over, int]] = []
        self.over = CalmComboBox()
        self.over.setAccessibleName("Paint over")
        self.rules = QPushButton("Overwrite rules…")
        self.inside = SwitchRow(
            "Only inside a region", False, tooltip="Keep everything outside of it as it is"
        )
        self.draw = QPushButton("Draw region")
        self.draw.setToolTip("Draw around what you want to paint in; holding Shift adds to it")
        self.forget = QPushButton("Forget")
        self.forget.setToolTip("Forget the region of this frame")
        self._lay_out()
        self._fill(self._classes)
        self.over.currentIndexChanged.connect(
            lambda index: self.over_chosen.emit(*self._choices[index])
        )
        self.rules.clicked.connect(self.rules_requested)
        self.inside.valueChanged.connect(self.inside_toggled)
        self.draw.clicked.connect(self.draw_requested)
        self.forget.clicked.connect(self.forget_requested)

    def show_state(self, state: ProtectionState) -> None:
        """Show other rules without telling anybody."""
        if state.classes != self._classes:
            self._fill(state.classes)
        with QSignalBlocker(self.over):
            self.over.setCurrentIndex(self._choices.index(state.over))
        count = len(state.rules.forbidden)
        self.rules.setText(f"Overwrite rules ({count})…" if count else "Overwrite rules…")
        self.inside.set_value(state.inside or state.drawing)
        self.draw.setEnabled(not state.drawing)
        self.forget.setEnabled(state.drawn)

    def _lay_out(self) -> None:
        over = Row("Paint over", "What a stroke may change; locked classes never change")
        over.line.addWidget(self.over, 1)
        pairs = Row("Overwriting", "Which class may be painted over which")
        pairs.line.addWidget(self.rules, 1)
        align([over, pairs])
        region = QHBoxLayout()
        region.setSpacing(theme.STEP)
        region.addWidget(self.draw, 1)
        region.addWidget(self.forget, 1)
        # Close together: all of it is seen in the room that the tool's options have.
        self.column.setContentsMargins(theme.STEP, theme.STEP // 2, theme.STEP, theme.STEP // 2)
        self.column.setSpacing(theme.STEP // 2)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        for row in (over, pairs, self.inside):
            self.column.addWidget(row)
        self.column.addLayout(region)

    def _fill(self, classes: ClassTable) -> None:
        self._classes = classes
        self._choices = [("everything", VOID), ("void", VOID)]
        self._choices += [("class", entry.id) for entry in classes]
        with QSignalBlocker(self.over):
            self.over.clear()
            self.over.addItems(["Everything unlocked", "Void only"])
            for entry in classes:
                self.over.addItem(_swatch(entry.colour), f"{entry.name} only")


def _swatch(colour: Colour) -> QIcon:
    pixmap = QPixmap(theme.PANEL_ICON * _SHARPNESS)
    pixmap.setDevicePixelRatio(_SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = theme.PANEL_ICON.width() - 2
    paint_swatch(painter, QRectF(1, 1, edge, edge), QColor(*colour))
    painter.end()
    return QIcon(pixmap)
