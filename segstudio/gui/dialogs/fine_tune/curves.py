"""Live curves of loss and validation mIoU."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.text import heading
from segstudio.training.report import TrainReport

_REDRAW_MS = 250


class Curves(QWidget):
    """Two plots over the steps; redrawn some times a second, however fast steps come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss = _Curve("Loss", "accent", dots=False)
        self._mean_iou = _Curve("Validation mIoU", "good", dots=True)
        self._mean_iou.plot.setYRange(0, 1)
        self._mean_iou.plot.setXLink(self._loss.plot)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * theme.STEP)
        for curve in (self._loss, self._mean_iou):
            column = QVBoxLayout()
            column.setSpacing(theme.STEP // 2)
            column.addWidget(heading(curve.name))
            column.addWidget(curve.plot, 1)
            line.addLayout(column, 1)
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self.redraw)
        self._dress()

    def add(self, report: TrainReport) -> None:
        """Take up what a report says."""
        if report.loss is not None:
            self._loss.add(report.step, report.loss)
        if report.mean_iou is not None:
            self._mean_iou.add(report.step, report.mean_iou)
        if not self._redraw.isActive():
            self._redraw.start()

    def clear(self) -> None:
        """Begin again."""
        for curve in (self._loss, self._mean_iou):
            curve.clear()

    def redraw(self) -> None:
        """Show all points now."""
        for curve in (self._loss, self._mean_iou):
            curve.draw()

    def points(self) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """Steps and values of loss and of mIoU."""
        return self._loss.points, self._mean_iou.points

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        for curve in (self._loss, self._mean_iou):
            curve.dress()


class _Curve:
    """One plot and its points."""

    def __init__(self, name: str, role: str, dots: bool) -> None:
        self.name = name
        self.points: list[tuple[int, float]] = []
        self._role = role
        self._dots = dots
        self.plot = pg.PlotWidget()
        self.plot.setMinimumHeight(21 * theme.STEP)
        # Its own wish is 640 by 480 pixels, whatever it shows.
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setAccessibleName(name)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.15)
        self._line = self.plot.plot(antialias=True)
        self._line.setDownsampling(auto=True, method="mean")

    def add(self, step: int, value: float) -> None:
        # The same step is told more than once: with its evaluation, and as the last word.
        if self.points and self.points[-1][0] == step:
            self.points[-1] = (step, value)
        else:
            self.points.append((step, value))

    def clear(self) -> None:
        self.points = []
        self.draw()

    def draw(self) -> None:
        steps, values = zip(*self.points, strict=True) if self.points else ((), ())
        self._line.setData(list(steps), list(values))

    def dress(self) -> None:
        colours = theme.colours()
        self.plot.setBackground(colours.colour("base"))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.colour("outline")))
            axis.setTextPen(pg.mkPen(colours.colour("quiet")))
            axis.setStyle(tickFont=self.plot.font(), maxTickLevel=0)
        colour = colours.colour(self._role)
        self._line.setPen(pg.mkPen(colour, width=1.5))
        if self._dots:
            self._line.setSymbol("o")
            self._line.setSymbolSize(6)
            self._line.setSymbolPen(None)
            self._line.setSymbolBrush(pg.mkBrush(colour))
