"""Draws ``tools.png``: every registered tool at work in the real window, amid its gesture.

It lies beside the picture that it makes, and not among the benchmarks: it measures nothing. A new
tool appears by itself: how it is driven follows from the gesture that its spec names.

    python docs/draw_tools.py [--theme light] [--out FILE] [--singles FOLDER]
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QKeySequence, QPainter, QPen
from PySide6.QtTest import QTest

from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.rect import Rect
from segstudio.gui import theme
from segstudio.gui.app import make_application
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings
from segstudio.project import Project
from segstudio.samples.scenes import CLASSES, draw_scene
from segstudio.tools import in_order
from segstudio.tools.parts.spec import ToolSpec

Place = tuple[float, float]
"""Row and column in pixels of the scene."""

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SEED, NUMBER = 0, 2
ZOOM = 3.0
TILE, COLUMNS, GAP, CAPTION = QSize(336, 252), 5, 8, 24


def _bend(corners: Sequence[Place]) -> Iterator[Place]:
    """Places along corners, as close to each other as a hand's are told."""
    for (y, x), (down, right) in pairwise(corners):
        for share in np.linspace(0, 1, 12):
            yield y + (down - y) * share, x + (right - x) * share + 1.5 * np.sin(9 * share)


@dataclass(frozen=True)
class Way:
    """Where a gesture goes: pressed at each of the ``clicks``, then held along ``held``."""

    clicks: tuple[Place, ...] = ()
    held: tuple[Place, ...] = ()
    hover: tuple[Place, ...] = ()


VAN = ((197, 339), (176, 339), (155, 345), (153, 389), (184, 404), (204, 399), (199, 351))
"""Corners of the van that the tools are shown at: bright, on dark ground."""

FLAWS = Rect(222, 232, 282, 334)
WAYS = {
    "stroke": Way(held=((192, 347), (188, 354), (184, 362), (182, 372), (186, 385))),
    "click": Way(held=((252, 283),)),
    "drag": Way(held=((207, 405), (170, 360), (151, 337))),
    "points": Way(clicks=VAN[:5], hover=((204, 399),)),
}
"""By the gesture that a tool's spec names."""

BETTER = {
    "lasso": Way(held=tuple(_bend(VAN))),
    "eraser": Way(held=((222, 345), (222, 356), (220, 368), (216, 380))),
    "smooth": Way(held=((80, 165),)),
    "wand": Way(held=((190, 365), (189, 365))),
    "bucket": Way(held=((185, 365),)),
    "pick": Way(held=((122, 202),)),
    "measure": Way(held=((153, 360), (204, 366))),
}
"""Where a tool shows better what it is for."""


def labels() -> tuple[Ids, Ids, Ids]:
    """The picture, true ids, and ids as they are in mid work: cars missing, a road with flaws."""
    scene = draw_scene(SEED, NUMBER)
    ids, rng = scene.ids.copy(), np.random.default_rng(3)
    car = CLASSES.named("car")
    assert car is not None
    ids[ids == car.id] = VOID
    flaws = ids[FLAWS.slices]
    flaws[rng.random(flaws.shape) < 0.01] = VOID
    flaws[cv2.dilate((rng.random(flaws.shape) < 0.002).view(np.uint8), np.ones((3, 3))) > 0] = 1
    return scene.picture, scene.ids, ids


def make_project(folder: Path, picture: Ids, ids: Ids) -> None:
    """A project of one labelled frame."""
    cv2.imwrite(str(folder / "street.png"), picture[..., ::-1])
    with Project.open(folder) as project:
        project.classes = CLASSES
        decided_by = np.where(ids == VOID, Provenance.NOBODY, Provenance.HUMAN).astype(np.uint8)
        project.save_labels("street", LabelMap(ids, decided_by))


class Stage:
    """The window, and a hand at its canvas."""

    def __init__(self, folder: Path) -> None:
        self.window = MainWindow(Settings())
        self.canvas = self.window.canvas
        self.window.resize(1500, 950)
        self.window.show()
        self.window.open_path(folder)
        while self.window.labelling.document is None:
            QTest.qWait(20)
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.canvas.setFocus()

    def tell_model(self, truth: Ids) -> None:
        """As if a network had been asked that is unsure along borders."""
        planes = {
            entry.id: cv2.blur((truth == entry.id).astype(np.float32), (9, 9)) for entry in CLASSES
        }
        self.canvas.driver.model_ids = truth
        self.canvas.driver.likelihood = planes.get

    def press(self, key: str) -> None:
        """Press the key of a tool or a class."""
        QTest.keySequence(self.canvas, QKeySequence(key))

    def show(self, spec: ToolSpec) -> QImage:
        """A tool in the middle of its gesture, which is taken back afterwards."""
        way = BETTER.get(spec.name, WAYS[spec.gesture])
        self.press(spec.shortcut)
        self.canvas.zoom_to(ZOOM)
        self.canvas.centre_on(*_middle(way))
        last = self._go(way)
        QTest.qWait(50)
        grabbed = _around(self.canvas.grab().toImage(), last, self._on_canvas(_middle(way)))
        QTest.keyClick(self.canvas, Qt.Key.Key_Escape)
        QTest.mouseRelease(self.canvas, LEFT, NONE, last)
        return grabbed

    def _go(self, way: Way) -> QPoint:
        for place in way.clicks:
            QTest.mouseMove(self.canvas, self._on_canvas(place))
            QTest.mouseClick(self.canvas, LEFT, NONE, self._on_canvas(place))
        for number, place in enumerate(way.held):
            if number == 0:
                QTest.mouseMove(self.canvas, self._on_canvas(place))
                QTest.mousePress(self.canvas, LEFT, NONE, self._on_canvas(place))
            QTest.mouseMove(self.canvas, self._on_canvas(place))
        for place in way.hover:
            QTest.mouseMove(self.canvas, self._on_canvas(place))
        return self._on_canvas((*way.clicks, *way.held, *way.hover)[-1])

    def _on_canvas(self, place: Place) -> QPoint:
        y, x = self.canvas.viewport.to_device(*place)
        return (QPointF(x, y) / self.canvas.devicePixelRatioF()).toPoint()


def _middle(way: Way) -> Place:
    rows, columns = zip(*way.clicks, *way.held, *way.hover, strict=True)
    return (min(rows) + max(rows)) / 2, (min(columns) + max(columns)) / 2


def _around(canvas: QImage, pointer: QPoint, middle: QPoint) -> QImage:
    """A part of the canvas, with the cross of the pointer that no grab shows."""
    painter = QPainter(canvas)
    for pen in (QPen(QColor(0, 0, 0), 3), QPen(QColor(255, 255, 255), 1)):
        painter.setPen(pen)
        for arm in (QPoint(7, 0), QPoint(0, 7)):
            painter.drawLine(pointer - arm, pointer + arm)
    painter.end()
    part = QRect(QPoint(), TILE)
    part.moveCenter(middle)
    return canvas.copy(part)


def compose(shown: list[tuple[ToolSpec, QImage]]) -> QImage:
    """All tools on one sheet, each over its name and key."""
    step = TILE + QSize(GAP, GAP + CAPTION)
    rows = -(-len(shown) // COLUMNS)
    sheet = QImage(
        COLUMNS * step.width() + GAP, rows * step.height() + GAP, QImage.Format.Format_RGB888
    )
    sheet.fill(theme.colours().colour("window"))
    painter = QPainter(sheet)
    font = QFont(painter.font())
    font.setPixelSize(15)
    painter.setFont(font)
    painter.setPen(theme.colours().colour("text"))
    for number, (spec, image) in enumerate(shown):
        row, column = divmod(number, COLUMNS)
        corner = QPoint(GAP + column * step.width(), GAP + row * step.height())
        painter.drawImage(corner, image)
        below = QRect(corner + QPoint(0, TILE.height()), QSize(TILE.width(), CAPTION))
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, f"{spec.label}   {spec.shortcut}")
    painter.end()
    return sheet


def _pictures(stage: Stage) -> Iterator[tuple[ToolSpec, QImage]]:
    for spec in in_order():
        yield spec, stage.show(spec)


def _save(sheet: QImage, out: Path) -> None:
    """As an indexed PNG: a third of the bytes, and no difference to be seen."""
    from PIL import Image

    plain = sheet.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    pixels = rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3)
    Image.fromarray(pixels).save(out, optimize=True)


def main() -> None:
    """Draw the sheet, and each tool alone where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("tools.png"))
    parser.add_argument("--theme", choices=theme.MODES, default="dark")
    parser.add_argument("--singles", type=Path, help="folder for one PNG per tool")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEGSTUDIO_DATA"] = str(Path(home) / "settings")
        folder = Path(home) / "pictures"
        folder.mkdir()
        picture, truth, ids = labels()
        make_project(folder, picture, ids)
        theme.apply(make_application(), wanted.theme)
        stage = Stage(folder)
        stage.tell_model(truth)
        car = CLASSES.named("car")
        assert car is not None
        stage.press(car.shortcut)
        shown = list(_pictures(stage))
        _save(compose(shown), wanted.out)
        for spec, image in shown if wanted.singles else ():
            image.save(str(wanted.singles / f"{spec.name}.png"))
        stage.window.close()


if __name__ == "__main__":
    main()
