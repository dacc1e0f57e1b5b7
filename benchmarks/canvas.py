"""How quickly the canvas answers, on a picture of 10,000 x 10,000 pixels and 1600 x 1000 of screen.

    python benchmarks/canvas.py [repaint brush look memory opening busy] [--runs 40] [--json FILE]

Real events go to the real widgets under Qt's offscreen platform. A time goes from sending an event
to the end of the painting that shows what it did.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import LabelMap
from segstudio.gui.app import make_application
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings
from segstudio.project import Project

EDGE = 10_000
SCREEN = (1600, 1000)
ZOOMS = (0.01, 0.05, 0.10, 0.25, 0.50, 1.0, 4.0, 16.0)
CLASSES = ClassTable.of_names([f"class {number}" for number in range(12)])
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, its goal, and which figure the goal is for."""

    name: str
    values: list[float]
    goal: float
    unit: str = "ms"
    judged: str = "p95"

    @property
    def figures(self) -> dict[str, float]:
        ordered = sorted(self.values)
        p95 = ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
        return {
            "min": ordered[0],
            "median": statistics.median(ordered),
            "p95": p95,
            "max": ordered[-1],
        }

    @property
    def kept(self) -> bool:
        return self.figures[self.judged] <= self.goal


class Stage:
    """A canvas on the screen with a picture of 100 megapixels, and hands that time what they do."""

    def __init__(self) -> None:
        self.app = make_application()
        self.canvas = Canvas()
        self.canvas.resize(*SCREEN)
        labels = LabelMap(_blobs(EDGE), np.ones((EDGE, EDGE), np.uint8))
        self.document = Document(Frame("large", _picture(EDGE, EDGE)), labels, CLASSES)
        self.canvas.set_document(self.document)
        self.canvas.show()
        self.settle()

    def settle(self) -> None:
        """Let everything happen that is under way."""
        for _ in range(5):
            self.app.processEvents()

    def at(self, zoom: float) -> None:
        """Zoom about the middle of the picture."""
        self.canvas.fit()
        self.canvas.zoom_to(zoom)
        self.settle()

    def take(self, size: int) -> None:
        """The brush, of this width."""
        brush = tools.registry.get("brush")
        self.canvas.driver.choose(brush, replace(brush.options(), size=size))

    def timed(self, act: Callable[[], object]) -> float:
        """Milliseconds from an act to the end of the painting that follows."""
        start = time.perf_counter()
        act()
        self.app.processEvents()
        return (time.perf_counter() - start) * 1000

    def mouse(self, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        _send(self.canvas, kind, QPointF(x, y), button)

    def wheel(self, turned: int) -> None:
        place = QPointF(SCREEN[0] / 2, SCREEN[1] / 2)
        phase = Qt.ScrollPhase.NoScrollPhase
        around = self.canvas.mapToGlobal(place)
        none, turn = QPoint(), QPoint(0, turned)
        event = QWheelEvent(place, around, none, turn, NO_BUTTON, NO_KEY, phase, False)
        QApplication.sendEvent(self.canvas, event)


def repaint(runs: int) -> Iterator[Row]:
    """The whole canvas anew: zooming by the wheel, panning by the middle button, contours."""
    stage = Stage()
    for contours in (False, True):
        stage.canvas.set_contours(contours)
        shown = "contours, " if contours else ""
        for zoom in ZOOMS:
            stage.at(zoom)
            wheel = [stage.timed(partial(stage.wheel, t)) for t in _turns(runs)]
            yield Row(f"repaint, {shown}zooming at {zoom:.0%}", wheel, 14)
            stage.at(zoom)
            yield Row(f"repaint, {shown}panning at {zoom:.0%}", _pan(stage, runs), 14)


def _turns(runs: int) -> Iterator[int]:
    # Small turns, there and back: every one is another scale, but the same zoom by and large.
    return islice(cycle((10, 10, -10, -10)), runs)


def _pan(stage: Stage, runs: int) -> list[float]:
    stage.mouse(QEvent.Type.MouseButtonPress, 800, 500, MIDDLE)
    times = [
        stage.timed(partial(stage.mouse, QEvent.Type.MouseMove, *p, MIDDLE))
        for p in _way(800, 500, 7, runs)
    ]
    stage.mouse(QEvent.Type.MouseButtonRelease, 800, 500, MIDDLE)
    return times


def brush(runs: int) -> Iterator[Row]:
    """Press, moves, release and undo of strokes of two sizes at several zooms."""
    stage = Stage()
    for radius, goal in ((20, 8), (1000, 16)):
        stage.take(2 * radius)
        for zoom in (0.09, 0.5, 1.0, 4.0):
            stage.at(zoom)
            press, move, release, undo = _strokes(stage, runs)
            where = f"radius {radius} at {zoom:.0%}"
            yield Row(f"brush press, {where}", press, goal)
            yield Row(f"brush move, {where}", move, goal)
            yield Row(f"brush release, {where}", release, 16)
            yield Row(f"undo and redo, {where}", undo, 50)


def _strokes(stage: Stage, runs: int) -> tuple[list[float], ...]:
    press, move, release, undo = [], [], [], []
    down, onwards, up = (
        partial(stage.mouse, kind)
        for kind in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseMove,
            QEvent.Type.MouseButtonRelease,
        )
    )
    for number in range(max(4, runs // 4)):
        stage.canvas.driver.active_class = number % len(CLASSES)
        way = list(_way(500 + 37 * number % 400, 300 + 23 * number % 300, 9, 12))
        press.append(stage.timed(partial(down, *way[0])))
        move += [stage.timed(partial(onwards, *place)) for place in way]
        release.append(stage.timed(partial(up, *way[-1])))
        undo.append(stage.timed(stage.document.undo))
        undo.append(stage.timed(stage.document.redo))
        stage.document.undo()
        stage.settle()
    return press, move, release, undo


def look(runs: int) -> Iterator[Row]:
    """Opacity, contours, the overlay's visibility, and a class's colour and visibility."""
    stage = Stage()
    canvas, document = stage.canvas, stage.document
    for zoom in (0.01, 0.10, 0.5, 1.0, 4.0):
        stage.at(zoom)
        looks: dict[str, Callable[[int], object]] = {
            "opacity": lambda i: canvas.set_opacity(0.3 + i % 7 / 10),
            "show labels": lambda i: canvas.set_overlay_shown(bool(i % 2)),
            "colour": lambda i: _change(document, colour=(i % 255, 200, 30)),
            "class visible": lambda i: _change(document, visible=bool(i % 2)),
            "contours": lambda i: canvas.set_contours(bool((i + 1) % 2)),
        }
        for name, act in looks.items():
            times = [stage.timed(partial(act, i)) for i in range(runs)]
            yield Row(f"{name} at {zoom:.0%}", times, 16)
        canvas.set_overlay_shown(True)
        canvas.set_contours(False)


def _change(document: Document, **changes: Any) -> None:
    document.classes = document.classes.changed(3, **changes)


def memory(_runs: int) -> Iterator[Row]:
    """What 2,000 strokes leave behind: history, and what was not given back."""
    stage = Stage()
    stage.take(40)
    stage.at(1.0)
    rng = np.random.default_rng(1)
    _stroke(stage, rng)
    before = _resident()
    for number in range(2000):
        stage.canvas.driver.active_class = number % len(CLASSES)
        _stroke(stage, rng)
    yield Row("memory of 2,000 strokes", [_resident() - before], 300, "MB", "max")


def _stroke(stage: Stage, rng: np.random.Generator) -> None:
    place = rng.uniform((50, 50), (1500, 900))
    stage.mouse(QEvent.Type.MouseButtonPress, *place)
    for _ in range(12):
        place += rng.uniform(-40, 40, 2)
        stage.mouse(QEvent.Type.MouseMove, *place)
        stage.app.processEvents()
    stage.mouse(QEvent.Type.MouseButtonRelease, *place)
    stage.app.processEvents()


def _resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def opening(runs: int) -> Iterator[Row]:
    """From choosing a JPEG of 4000 x 6000 in the window to its first pixels, and to all of it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEGSTUDIO_DATA"] = home
        folder = Path(home, "pictures")
        folder.mkdir()
        Image.new("RGB", (600, 400), _RED).save(folder / "a.png")
        Image.fromarray(_picture(4000, 6000)).save(folder / "b.jpg", quality=92)
        window = _window(folder)
        first, whole = [], []
        for _ in range(max(5, runs // 5)):
            _open(window, "a")
            start = time.perf_counter()
            window.labelling.open_frame("b")
            _wait(lambda: _shown(window) != _RED)
            first.append((time.perf_counter() - start) * 1000)
            _wait(lambda: window.labelling.document is not None)
            QApplication.processEvents()
            whole.append((time.perf_counter() - start) * 1000)
        yield Row("JPEG of 24 MP, first pixels", first, 300)
        yield Row("JPEG of 24 MP, ready to paint on", whole, 840)
        window.close()


_RED = (255, 0, 0)


def _shown(window: MainWindow) -> tuple[int, int, int]:
    """The colour in the middle of the canvas, as it was painted last."""
    canvas = window.canvas
    middle = canvas.mapTo(window, canvas.rect().center())
    painted = window.backingStore().paintDevice()
    assert isinstance(painted, QImage)
    colour = painted.pixelColor(middle)
    return colour.red(), colour.green(), colour.blue()


def busy(_runs: int) -> Iterator[Row]:
    """The longest time in which the window heard nothing, while it paints, predicts and saves."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEGSTUDIO_DATA"] = home
        folder = Path(home, "pictures")
        folder.mkdir()
        for name in "ab":
            Image.fromarray(_picture(768, 1024)).save(folder / f"{name}.jpg")
        with Project.open(folder) as project:
            project.classes = CLASSES
        window = _window(folder)
        _wait(lambda: bool(window.predicting.chosen))
        gaps, handlers = Gaps(window), Handlers(window)
        _paint_predict_save(window)
        yield Row("busy window, longest gap between ticks", [gaps.longest], 50, judged="max")
        yield Row("busy window, all gaps", gaps.all, 50)
        yield Row("busy window, longest event handler", [handlers.longest], 50, judged="max")
        yield Row("busy window, all event handlers", handlers.all, 50)
        window.close()


class Gaps(QObject):
    """Milliseconds between the ticks of a timer of one millisecond."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.all: list[float] = []
        self._last = time.perf_counter()
        timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._tick)
        timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.all.append((now - self._last) * 1000)
        self._last = now

    @property
    def longest(self) -> float:
        return max(self.all)


class Handlers(QObject):
    """Milliseconds that the GUI thread itself worked from one event to the next.

    Its own time, not the clock's: waiting for the next event is no work. What other threads keep
    it from shows in the gaps between ticks.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.all: list[float] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._last = time.thread_time()

    def eventFilter(self, _watched: QObject, _event: QEvent) -> bool:
        now = time.thread_time()
        self.all.append((now - self._last) * 1000)
        self._last = now
        return False

    @property
    def longest(self) -> float:
        return max(self.all)


def _paint_predict_save(window: MainWindow) -> None:
    canvas = window.canvas
    rng = np.random.default_rng(2)
    answers: list[object] = []
    window.predicting.predicted.connect(answers.append)
    for wanted in (1, 2, 3):
        window.predicting.predict()
        while len(answers) < wanted:
            _drive_stroke(canvas, rng)
            window.labelling.save()
            _let_pass(0.2)  # answers wait for a moment without a brush on the picture


def _drive_stroke(canvas: Canvas, rng: np.random.Generator) -> None:
    """A stroke of sixty movements as a hand makes it: one every 8 ms."""
    place = QPointF(canvas.width() / 2, canvas.height() / 2)
    _send(canvas, QEvent.Type.MouseButtonPress, place)
    for _ in range(60):
        place += QPointF(*(float(step) for step in rng.integers(-9, 10, 2)))
        _send(canvas, QEvent.Type.MouseMove, place)
        _let_pass(0.008)
    _send(canvas, QEvent.Type.MouseButtonRelease, place)


def _send(canvas: Canvas, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton = LEFT) -> None:
    """A mouse event to a canvas; moves have the button down."""
    caused = NO_BUTTON if kind == QEvent.Type.MouseMove else button
    held = NO_BUTTON if kind == QEvent.Type.MouseButtonRelease else button
    event = QMouseEvent(kind, place, canvas.mapToGlobal(place), caused, held, NO_KEY)
    QApplication.sendEvent(canvas, event)


def _window(folder: Path) -> MainWindow:
    make_application()
    window = MainWindow(Settings())
    window.resize(1920, 1200)
    window.show()
    window.open_path(folder)
    _wait(lambda: window.labelling.document is not None)
    _let_pass(1.0)  # thumbnails, and torch in the background
    _wait(lambda: bool(window.predicting.chosen))
    return window


def _open(window: MainWindow, name: str) -> None:
    window.labelling.open_frame(name)
    _wait(lambda: window.labelling.document is not None)
    _let_pass(0.1)


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        _let_pass(0.001)


def _let_pass(seconds: float) -> None:
    """Let the program run for a while."""
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        QApplication.processEvents()
        time.sleep(min(left, 0.0005))


def _way(x: float, y: float, step: float, count: int) -> Iterator[tuple[float, float]]:
    """Places on a circle that begins and ends at one place."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = step * count / (2 * np.pi)
    for angle in angles:
        yield x + radius * (1 - float(np.cos(angle))), y + radius * float(np.sin(angle))


def _picture(height: int, width: int) -> NDArray[np.uint8]:
    """HxWx3: soft shapes with some noise, so that a JPEG of it weighs what a photograph does."""
    rng = np.random.default_rng(0)
    soft = cv2.resize(
        rng.integers(0, 256, (height // 100 + 1, width // 100 + 1, 3), np.uint8),
        (width, height),
        interpolation=cv2.INTER_CUBIC,
    )
    noise = rng.integers(0, 12, (height, 1024, 3), np.uint8)
    for left in range(0, width, 1024):
        part = soft[:, left : left + 1024]
        part[:] = cv2.add(part, noise[:, : part.shape[1]])
    return np.asarray(soft, np.uint8)


def _blobs(edge: int) -> NDArray[np.uint8]:
    """HxW ids of regions with round outlines, as a network draws them."""
    rng = np.random.default_rng(3)
    coarse = rng.uniform(0, len(CLASSES), (edge // 150, edge // 150)).astype(np.float32)
    soft = cv2.resize(coarse, (edge, edge), interpolation=cv2.INTER_CUBIC)
    return soft.clip(0, len(CLASSES) - 1).astype(np.uint8)


_SECTIONS = {part.__name__: part for part in (repaint, brush, look, memory, opening, busy)}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(_SECTIONS)}; all if none")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows: list[Row] = []
    print(f"{'':42} {'min':>8} {'median':>8} {'p95':>8} {'goal':>8}")
    for name in arguments.sections or _SECTIONS:
        for row in _SECTIONS[name](arguments.runs):
            rows.append(row)
            _print(row)
    if arguments.json:
        told = [{"name": r.name, "goal": r.goal, "values": r.values, **r.figures} for r in rows]
        arguments.json.write_text(json.dumps(told, indent=2))


def _print(row: Row) -> None:
    figures = " ".join(f"{row.figures[name]:8.2f}" for name in ("min", "median", "p95"))
    verdict = "" if row.kept else "  over"
    print(f"{row.name:42} {figures} {row.goal:8.0f} {row.unit}{verdict}", flush=True)


if __name__ == "__main__":
    main()
