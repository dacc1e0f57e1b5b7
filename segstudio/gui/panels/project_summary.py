"""How far the whole project is: a thin bar, and a line of words under it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.panels.frame_order import Tally
from segstudio.gui.panels.frame_words import STATUSES, time_in_words
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.project import Status

_HEIGHT = theme.STEP // 2


class ProjectSummary(QWidget):
    """Frames done, in work and unlabelled, and the time that they took; the tooltip tells all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = _Bar()
        self.words = ElidedLabel()
        self.words.setProperty("role", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        column.addWidget(self.bar)
        column.addWidget(self.words)

    def show_tally(self, tally: Tally, shown: int) -> None:
        """Tell of these frames, of which so many are listed."""
        done = tally.statuses[Status.DONE]
        parts = [f"{done:,} of {tally.frames:,} done"]
        if shown != tally.frames:
            parts.append(f"{shown:,} shown")
        if tally.seconds >= 60:
            parts.append(time_in_words(tally.seconds))
        self.words.setText(" · ".join(parts) if tally.frames else "")
        self.bar.show_tally(tally)
        self.setToolTip(_in_full(tally) if tally.frames else "")


class _Bar(QWidget):
    """The statuses' shares, the finished at the left."""

    def __init__(self) -> None:
        super().__init__()
        self._tally = Tally()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tally(self, tally: Tally) -> None:
        self._tally = tally
        self.setVisible(bool(tally.frames))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours, left = QPainter(self), theme.colours(), 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for status in reversed(Status):
            share = self._tally.statuses[status] / max(1, self._tally.frames) * self.width()
            role = "outline" if status is Status.UNLABELLED else STATUSES[status].role
            painter.fillRect(QRectF(left, 0, share, _HEIGHT), colours.colour(role))
            left += share


def _in_full(tally: Tally) -> str:
    lines = [f"{look.label}: {tally.statuses[status]:,}" for status, look in STATUSES.items()]
    lines[-1] += f" ({tally.empty:,} empty)" if tally.empty else ""
    if tally.flagged:
        lines.append(f"Flagged: {tally.flagged:,}")
    return "\n".join([*lines, f"Time spent: {time_in_words(tally.seconds)}"])
