"""The real window on small pictures, with a tiny network, a mouse and a keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.label_map import LabelMap
from segstudio.gui import labelling, model_choices
from segstudio.gui.app import make_application
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings
from segstudio.project import Project, Status

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHAPE = (96, 128)
LONG = 30_000
MODEL_CLASSES = ("road", "sky", "car")


def draw(path: Path, seed: int = 0, shape: tuple[int, int] = SHAPE) -> Path:
    """A picture of two noisy halves: a CRF and a network have something to tell apart."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (*shape, 3), np.uint8)
    pixels[: shape[0] // 2] += 150
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with the pictures a, b and c, and no classes yet."""
    for seed, name in enumerate("abc"):
        draw(tmp_path / "pictures" / f"{name}.png", seed)
    return tmp_path / "pictures"


@pytest.fixture
def folder(pictures: Path) -> Path:
    """The same as a project with the classes of the tiny network."""
    with Project.open(pictures) as project:
        project.classes = ClassTable.of_names(MODEL_CLASSES)
    return pictures


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network that wavers between sky and car from pixel to pixel."""
    import torch

    from segstudio import models
    from segstudio.models.checkpoint import Checkpoint, save

    torch.manual_seed(4)
    options = {"width": 8, "depth": 2}
    network = models.create("unet", classes=len(MODEL_CLASSES), **options)
    with torch.no_grad():
        network.head.bias.zero_()
    path = tmp_path_factory.mktemp("starters") / "tiny.safetensors"
    classes = ClassTable.of_names(MODEL_CLASSES)
    normalisation = models.Normalisation.imagenet(3)
    save(Checkpoint("unet", options, classes, 3, normalisation, {}, network.state_dict()), path)
    return path


class Hands:
    """Drives a window as a person does: by mouse and keys."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.closed = False

    # --- looking -------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        assert self.window.labelling.document is not None
        return self.window.labelling.document

    @property
    def labels(self) -> LabelMap:
        return self.document.label_map

    @property
    def project(self) -> Project:
        assert self.window.labelling.project is not None
        return self.window.labelling.project

    @property
    def frame(self) -> str:
        return self.window.labelling.frame_name

    @property
    def status(self) -> Status:
        return self.project.status(self.frame)

    @property
    def undo_name(self) -> str | None:
        return self.document.history.undo_name

    @property
    def messages(self) -> list[str]:
        """Everything that the strip shows or will show, as people read it."""
        strip = self.window.messages
        shown = [strip._current] if strip._current else []
        return [message.text for message in (*shown, *strip._waiting)]

    @property
    def message(self) -> str:
        """What the strip shows; empty where it is away."""
        strip = self.window.messages
        return strip.text.text() if strip.isVisible() else ""

    def canvas_image(self) -> QImage:
        """The canvas as it is now, without the tool's outline."""
        QApplication.sendEvent(self.window.canvas, QEvent(QEvent.Type.Leave))
        return self.window.canvas.grab().toImage()

    def look(self) -> bytes:
        """The same as bytes, to compare."""
        image = self.canvas_image()  # kept: its bits go with it
        return bytes(image.constBits())

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=LONG)

    def wait_for_message(self, *words: str) -> str:
        """The first message that holds all these words."""
        fits = lambda text: all(word in text for word in words)  # noqa: E731
        self.wait(lambda: any(map(fits, self.messages)))
        return next(filter(fits, self.messages))

    # --- going somewhere -----------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open a project and wait for its first frame and the list of models."""
        self.window.open_path(path)
        self.wait(lambda: self.window.labelling.document is not None)
        self.wait(lambda: bool(self.window.predicting.chosen))

    def go(self, name: str) -> None:
        """Click on a frame in the list and wait for it."""
        self.click_frame(name)
        self.wait_for_frame(name)

    def click_frame(self, name: str) -> None:
        panel = self.window.frame_list
        place = panel.list.visualRect(panel.table.place(name)).center()
        QTest.mouseClick(panel.list.viewport(), LEFT, NONE, place)

    def wait_for_frame(self, name: str) -> None:
        self.wait(lambda: self.frame == name and self.window.labelling.document is not None)

    # --- keys and mouse ------------------------------------------------------------------------

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key on the canvas."""
        self.window.activateWindow()
        self.window.canvas.setFocus()
        QApplication.processEvents()
        QTest.keyClick(self.window.canvas, key, modifiers)

    def place(self, down: float, right: float) -> QPoint:
        """A point on the canvas, by its share of the picture's height and width."""
        canvas = self.window.canvas
        height, width = self.document.frame.shape
        y, x = canvas.viewport.to_device(down * height, right * width)
        ratio = canvas.devicePixelRatioF()
        return QPoint(round(x / ratio), round(y / ratio))

    def press(self, down: float, right: float) -> None:
        QTest.mousePress(self.window.canvas, LEFT, NONE, self.place(down, right))

    def move(self, down: float, right: float) -> None:
        QTest.mouseMove(self.window.canvas, self.place(down, right))

    def release(self, down: float, right: float) -> None:
        QTest.mouseRelease(self.window.canvas, LEFT, NONE, self.place(down, right))

    def stroke(self, *places: tuple[float, float]) -> None:
        """Press, move and release along these places."""
        self.press(*places[0])
        for place in places:
            self.move(*place)
        self.release(*places[-1])

    def right_click(self, down: float, right: float) -> None:
        QTest.mouseClick(self.window.canvas, RIGHT, NONE, self.place(down, right))

    def wheel(self, notches: int, modifiers: Qt.KeyboardModifier = NONE, notch: int = 120) -> None:
        canvas = self.window.canvas
        place = QPointF(self.place(0.5, 0.5))
        for _ in range(abs(notches)):
            event = QWheelEvent(
                place,
                canvas.mapToGlobal(place),
                QPoint(),
                QPoint(0, notch if notches > 0 else -notch),
                Qt.MouseButton.NoButton,
                modifiers,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(canvas, event)

    def type(self, field: QWidget, text: str) -> None:
        """Letters and digits into a field that has the focus."""
        field.window().activateWindow()
        self.wait(field.window().isActiveWindow)
        field.setFocus()
        self.wait(field.hasFocus)
        QTest.keyClicks(field, text)

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT)

    def button(self, parent: QWidget, text: str) -> QPushButton:
        """The visible button with this text."""
        buttons = parent.findChildren(QPushButton)
        (found,) = (b for b in buttons if b.text() == text and b.isVisible())
        return found

    # --- longer gestures -----------------------------------------------------------------------

    def predict(self) -> None:
        """Press P and wait for the answer."""
        known = self.document.history.undo_name
        self.key(Qt.Key.Key_P)
        self.wait(lambda: self.undo_name == "Predict" and known != "Predict")

    def save(self) -> None:
        self.key(Qt.Key.Key_S, CONTROL)
        self.wait(lambda: self.window.labelling.saved)

    def close(self) -> None:
        """Close the window as its own button does, and take it apart."""
        if self.closed:
            return
        assert self.window.close()
        self.closed = True
        self.window.deleteLater()
        QApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        QApplication.processEvents()


@pytest.fixture
def new_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoint: Path
) -> Iterator[Callable[[], Hands]]:
    """Makes windows, and closes them at the end. The tiny network is the only starter."""
    monkeypatch.setenv("SEGSTUDIO_DATA", str(tmp_path / "settings"))
    monkeypatch.setattr(labelling, "AUTOSAVE_MS", 100)
    monkeypatch.setattr(model_choices, "starters", lambda: [checkpoint])
    make_application()
    made: list[Hands] = []

    def make() -> Hands:
        window = MainWindow(Settings())
        made.append(Hands(window, qtbot))
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        return made[-1]

    yield make
    for hands in made:
        hands.close()


@pytest.fixture
def hands(new_window: Callable[[], Hands]) -> Hands:
    """A window that shows its welcome page."""
    return new_window()


@pytest.fixture
def at_work(hands: Hands, folder: Path) -> Hands:
    """A window on the project of three pictures, its first frame open."""
    hands.open(folder)
    return hands
