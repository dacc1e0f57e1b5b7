"""On or off."""

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.row import Row

_TRACK = QSize(28, 16)
_RING = 2  # room for the focus ring around the track


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_TRACK.width() + 2 * _RING, _TRACK.height() + 2 * _RING)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(_RING, _RING, _TRACK.width(), _TRACK.height())
        on, usable = self.isChecked(), self.isEnabled()
        fill = "accent" if on and usable else "outline" if usable else "line"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour(fill))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, track.height() - 4, track.height() - 4)
        knob.moveCenter(track.center())
        knob.moveLeft(track.right() - 2 - knob.width() if on else track.left() + 2)
        painter.setBrush(colours.colour("on_accent" if usable else "faint"))
        painter.drawEllipse(knob)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.colour("text" if on else "accent"), 1.5))
            ring = track.adjusted(-1, -1, 1, 1)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)


class SwitchRow(Row):
    """Label and a switch; a click on the label flips it too."""

    valueChanged = Signal(bool)  # noqa: N815
    settled = Signal(bool)

    def __init__(
        self, label: str, default: bool, *, tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, tooltip, parent)
        self._default = default
        self.switch = Switch(label)
        self.line.addStretch(1)
        self.line.addWidget(self.switch)
        self.set_value(default)
        self.label.clicked.connect(self.switch.click)
        self.switch.toggled.connect(self._tell)

    def value(self) -> bool:
        """Whether it is on."""
        return self.switch.isChecked()

    def set_value(self, value: bool) -> None:
        """Flip it without telling anybody."""
        with QSignalBlocker(self.switch):
            self.switch.setChecked(value)

    def reset(self) -> None:
        """Set the default."""
        self.switch.setChecked(self._default)

    def _tell(self, on: bool) -> None:
        self.valueChanged.emit(on)
        self.settled.emit(on)
