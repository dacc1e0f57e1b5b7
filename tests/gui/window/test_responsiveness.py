"""The window never works for others: what takes long runs in their threads and processes.

How long it is deaf at most, `benchmarks/canvas.py` measures in its section "busy".
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.inference.predictor import Predictor
from segstudio.project import Project

from .conftest import LEFT, LONG, NONE, Hands, draw

MOVES = 25


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Counter[str]]:
    """The threads in which long work was done, by what it was."""
    seen: dict[str, Counter[str]] = {}
    for owner, name in (
        (Predictor, "steps"),
        (Project, "load_frame"),
        (Project, "load_labels"),
        (Project, "preview"),
        (Project, "save_labels"),
        (Project, "thumbnail"),
        (PicturePyramid, "build"),
        (Document, "composition"),
    ):
        seen[name] = Counter()
        monkeypatch.setattr(owner, name, _watched(getattr(owner, name), seen[name]))
    return seen


def _watched(work: Callable[..., Any], seen: Counter[str]) -> Callable[..., Any]:
    def watched(*args: Any, **options: Any) -> Any:
        seen[threading.current_thread().name] += 1
        return work(*args, **options)

    return watched


def test_painting_predicting_and_saving_at_once_leave_the_window_alone(
    workers: dict[str, Counter[str]], hands: Hands, folder: Path
) -> None:
    hands.open(folder)
    paint_predict_and_save(hands)
    hands.go("b")
    hands.wait(lambda: all(workers[name] for name in workers))
    own = threading.current_thread().name
    assert {name: seen[own] for name, seen in workers.items()} == dict.fromkeys(workers, 0)


def test_a_large_picture_is_seen_before_all_of_it_has_been_read(
    hands: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (2600, 1800), (200, 0, 0)).save(folder / "large.jpg")
    hands.open(folder)
    load, go_on = Project.load_frame, threading.Event()

    def held_up(project: Project, name: str) -> Frame:
        assert go_on.wait(30)
        return load(project, name)

    monkeypatch.setattr(Project, "load_frame", held_up)
    hands.click_frame("large")
    canvas = hands.window.canvas
    hands.wait(lambda: canvas.document is None)
    middle = canvas.rect().center()
    assert hands.canvas_image().pixelColor(middle).red() > 190
    QTest.mouseClick(canvas, LEFT, NONE, middle)
    canvas.zoom_by(1.5)
    viewport = canvas.viewport
    go_on.set()
    hands.wait_for_frame("large")
    assert hands.document.frame.shape == (1800, 2600)
    assert hands.undo_name is None
    assert canvas.viewport == viewport


class Watchdog(QObject):
    """The most seconds that the GUI thread itself worked from one event to the next."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.longest = 0.0
        self._last = time.thread_time()
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, _watched: QObject, _event: QEvent) -> bool:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self._last = now
        return False


@pytest.mark.slow
def test_no_event_of_a_large_picture_keeps_the_window_long(hands: Hands, folder: Path) -> None:
    """Not the goal of 50 ms, which a quiet machine keeps: three times that on any."""
    draw(folder / "large.png", shape=(1200, 1600))
    hands.open(folder)
    hands.go("large")
    paint_predict_and_save(hands)  # what is done for the first time is made ready
    watchdog = Watchdog(hands.window)
    paint_predict_and_save(hands)
    assert 0 < watchdog.longest < 0.150


def paint_predict_and_save(hands: Hands) -> None:
    """All at once: the network answers and the files are written while a stroke goes on."""
    answers: list[object] = []
    hands.window.predicting.predicted.connect(answers.append)
    hands.window.predicting.predict()
    hands.press(0.3, 0.1)
    for step in range(MOVES):
        hands.move(0.3 + 0.01 * step, 0.1 + 0.03 * step)
        hands.window.labelling.save()
    assert hands.document.in_transaction
    hands.release(0.5, 0.8)
    hands.save()
    hands.qtbot.waitUntil(lambda: bool(answers), timeout=4 * LONG)
