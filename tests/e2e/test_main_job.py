"""The whole loop through the real window: mouse and keys in, files and pixels out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.resources import resource
from segstudio.gui.app import make_application
from segstudio.gui.dialogs.parts.folder_field import FolderField
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings
from segstudio.gui.widgets.switch_row import Switch
from segstudio.project import Status

LEFT, NONE, CONTROL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LONG = 120_000
STARTER = resource("starters", "scenes.safetensors")

Open = Callable[[Path], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens windows on a folder, and closes them at the end."""
    monkeypatch.setenv("SEGSTUDIO_DATA", str(tmp_path / "settings"))
    make_application()
    windows: list[MainWindow] = []

    def open_(folder: Path) -> MainWindow:
        window = MainWindow(Settings())
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.open_path(folder)
        qtbot.waitUntil(lambda: window.labelling.document is not None, timeout=LONG)
        qtbot.waitUntil(lambda: bool(window.predicting.choices.entries), timeout=LONG)
        return window

    yield open_
    for window in windows:
        if isValid(window):
            _close(window)


@pytest.fixture(params=["sample", "camvid"])
def pictures(
    request: pytest.FixtureRequest, tmp_path: Path, shared_data: Callable[..., Path]
) -> Path:
    """A folder of a few street scenes: drawn ones, and real ones where they are at hand."""
    if request.param == "sample":
        from segstudio.workflows.draw_sample import draw_sample

        for _ in draw_sample(tmp_path / "sample", scenes=3, cells=0, seed=11):
            pass
        return tmp_path / "sample" / "scenes"
    folder = tmp_path / "camvid"
    folder.mkdir()
    for source in sorted((shared_data("camvid", "val") / "images").iterdir())[:3]:
        copyfile(source, folder / source.name)
    return folder


@pytest.mark.timeout(280)
def test_open_predict_refine_correct_save_reopen_export_train_use(
    open_window: Open, pictures: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window(pictures)
    name = window.labelling.frame_name
    _predict(window, qtbot)
    _refine(window, qtbot)
    _correct_and_undo(window, qtbot)
    kept = _save(window, qtbot)
    _key(window, Qt.Key.Key_Return)
    _close(window)

    window = open_window(pictures)
    assert window.labelling.frame_name == name
    assert window.labelling.project is not None
    assert window.labelling.project.status(name) == Status.DONE
    _assert_same(window.labelling.document.label_map, kept)

    exported = _export(window, qtbot, tmp_path / "export")
    assert np.array_equal(np.asarray(Image.open(exported / f"{name}.png")), kept.ids)

    checkpoint = _fine_tune(window, qtbot)
    assert window.predicting.chosen == str(checkpoint)
    _key(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: window.labelling.frame_name != name, timeout=LONG)
    qtbot.waitUntil(lambda: window.labelling.document is not None, timeout=LONG)
    _press(window, Qt.Key.Key_P, qtbot, lambda: _undo_name(window) == "Predict")
    assert (window.labelling.document.label_map.provenance == Provenance.MODEL).any()


def _predict(window: MainWindow, qtbot: QtBot) -> None:
    assert window.predicting.chosen == str(STARTER)
    _press(window, Qt.Key.Key_P, qtbot, lambda: _undo_name(window) == "Predict")
    label_map = window.labelling.document.label_map
    assert (label_map.provenance == Provenance.MODEL).mean() > 0.9
    assert len(np.unique(label_map.ids)) > 3
    assert len(window.labelling.document.classes) >= 8


def _refine(window: MainWindow, qtbot: QtBot) -> None:
    coarse = window.labelling.document.label_map.ids.copy()
    window.docks[-1].raise_()
    QTest.mouseClick(window.crf_panel.on.findChild(Switch), LEFT)
    qtbot.waitUntil(lambda: _undo_name(window) == "CRF", timeout=LONG)
    qtbot.waitUntil(lambda: not window.refining.busy, timeout=LONG)
    refined = window.labelling.document.label_map.ids
    assert 0 < (refined != coarse).mean() < 0.3


def _correct_and_undo(window: MainWindow, qtbot: QtBot) -> None:
    document = window.labelling.document
    before = document.label_map.copy()
    _key(window, Qt.Key.Key_2)
    _stroke(window, (0.7, 0.2), (0.75, 0.5))
    qtbot.waitUntil(lambda: not window.refining.busy, timeout=LONG)
    assert (document.label_map.provenance == Provenance.HUMAN).any()
    _key(window, Qt.Key.Key_Z, CONTROL)
    _assert_same(document.label_map, before)
    _key(window, Qt.Key.Key_Y, CONTROL)
    human = document.label_map.human()
    assert human.any()
    assert set(np.unique(document.label_map.ids[human])) == {window.tools.active_class}
    assert window.labelling.project.status(window.labelling.frame_name) == Status.EDITED


def _save(window: MainWindow, qtbot: QtBot) -> LabelMap:
    _stroke(window, (0.3, 0.3), (0.35, 0.35))
    qtbot.waitUntil(lambda: not window.refining.busy, timeout=LONG)
    _key(window, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: window.labelling.saved, timeout=LONG)
    return window.labelling.document.label_map.copy()


def _export(window: MainWindow, qtbot: QtBot, folder: Path) -> Path:
    _key(window, Qt.Key.Key_E, CONTROL)
    dialog = window.batch.export_dialog
    _type(dialog.findChild(FolderField).line, str(folder), qtbot)
    QTest.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: not dialog.running, timeout=LONG)
    dialog.close()
    return folder


def _fine_tune(window: MainWindow, qtbot: QtBot) -> Path:
    _key(window, Qt.Key.Key_T, CONTROL)
    dialog = window.fine_tuning.dialog
    qtbot.waitUntil(dialog.start.isEnabled, timeout=LONG)
    _type(dialog.settings.steps, "4", qtbot)
    assert dialog.settings.settings().steps == 4
    QTest.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: not dialog.running, timeout=LONG)
    assert _visible_button(dialog, "Use this model now"), "training failed"
    QTest.mouseClick(dialog.use, LEFT)
    runs = window.labelling.project.runs()
    assert len(runs) == 1
    qtbot.waitUntil(
        lambda: str(runs[0].checkpoint) in set(window.predicting.choices.keys()), timeout=LONG
    )
    return runs[0].checkpoint


def _type(field: QWidget, text: str, qtbot: QtBot) -> None:
    field.window().activateWindow()
    qtbot.waitUntil(field.window().isActiveWindow, timeout=LONG)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=LONG)
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def _stroke(window: MainWindow, *places: tuple[float, float]) -> None:
    """A stroke through places given as shares of the picture's height and width."""
    canvas = window.canvas
    height, width = window.labelling.document.frame.shape
    ratio = canvas.devicePixelRatioF()
    points = []
    for down, right in places:
        y, x = canvas.viewport.to_device(down * height, right * width)
        points.append(QPoint(round(x / ratio), round(y / ratio)))
    QTest.mousePress(canvas, LEFT, NONE, points[0])
    for point in points:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, NONE, points[-1])


def _press(window: MainWindow, key: Qt.Key, qtbot: QtBot, until: Callable[[], bool]) -> None:
    _key(window, key)
    qtbot.waitUntil(until, timeout=LONG)


def _key(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    # Shortcuts belong to the active window, which a dialog may have been before.
    window.activateWindow()
    window.canvas.setFocus()
    QApplication.processEvents()
    QTest.keyClick(window.canvas, key, modifiers)


def _undo_name(window: MainWindow) -> str | None:
    document = window.labelling.document
    return document.history.undo_name if document is not None else None


def _visible_button(dialog: QWidget, text: str) -> bool:
    return any(b.isVisible() and b.text() == text for b in dialog.findChildren(QPushButton))


def _assert_same(found: LabelMap, wanted: LabelMap) -> None:
    assert np.array_equal(found.ids, wanted.ids)
    assert np.array_equal(found.provenance, wanted.provenance)


def _close(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    QApplication.processEvents()
