"""Two halves: another frame, or what a model says, beside the frame at work."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from segstudio.core.label_map import VOID
from segstudio.core.progress import Progress
from segstudio.gui import model_choices
from segstudio.gui.canvas.companion import Companion
from segstudio.gui.comparison.subject import Subject
from segstudio.gui.engine import Engine
from segstudio.gui.side_by_side import SideBySide

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands, draw

F3, SHIFT = Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def wild_checkpoint(tmp_path_factory: pytest.TempPathFactory, checkpoint: Path) -> Path:
    """The tiny network, with other views on some of the pixels."""
    from dataclasses import replace

    import torch

    from segstudio.models.checkpoint import load, save

    known = load(checkpoint)
    noise = torch.randn(known.state["head.weight"].shape, generator=torch.manual_seed(2))
    head = known.state["head.weight"] + 0.1 * noise
    path = tmp_path_factory.mktemp("wild") / "wild.safetensors"
    save(replace(known, state={**known.state, "head.weight": head}), path)
    return path


@pytest.fixture
def two_models(
    new_window: Callable[[], Hands],
    folder: Path,
    checkpoint: Path,
    wild_checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Hands:
    """A window on the project of three pictures that knows two models."""
    monkeypatch.setattr(model_choices, "starters", lambda: [checkpoint, wild_checkpoint])
    hands = new_window()
    hands.open(folder)
    return hands


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch):
    """Networks wait until the event is set; gives the event and the models that were asked."""
    import threading

    go, asked = threading.Event(), []
    real = Engine.predict

    def predict(self, key, device, document):
        asked.append((Path(key).stem, document.frame.name))
        while not go.wait(0.01):
            yield Progress(0, 0)
        yield from real(self, key, device, document)

    monkeypatch.setattr(Engine, "predict", predict)
    yield go, asked
    go.set()


def _both(hands: Hands) -> SideBySide:
    return hands.window.side_by_side


def _companion(hands: Hands) -> Companion:
    return _both(hands).halves.companion


def _titles(hands: Hands) -> tuple[str, str]:
    halves = _both(hands).halves
    return halves._left_title.text(), halves._right_title.text()


def _open(hands: Hands) -> None:
    """Press F3 and wait for the next frame."""
    hands.key(F3)
    hands.wait(lambda: _both(hands).exhibit is not None)


def _choose(hands: Hands, text: str) -> None:
    """Click on an entry of the menu that the right title opens."""
    halves = _both(hands).halves
    QTest.mouseClick(halves._right_title, LEFT)
    menu = halves.menu
    hands.wait(menu.isVisible)
    (entry,) = (made for made in menu.actions() if made.text() == text)
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())
    hands.wait(lambda: not menu.isVisible())


def _see(hands: Hands, title: str) -> None:
    hands.wait(lambda: _titles(hands)[1] == title and _both(hands).exhibit is not None)


def _empty(hands: Hands) -> str:
    """What the right half says while there is nothing in it."""
    page = _both(hands).halves._empty
    return page.sentence() if page.isVisible() else ""


def _middle(view: Companion) -> tuple[float, float]:
    """Which share of the picture's height and width lies in the middle of a view."""
    height, width = view.device_size()
    y, x = view.viewport.to_picture(height / 2, width / 2)
    assert view.shape is not None
    return y / view.shape[0], x / view.shape[1]


def _place(view: Companion, down: float, right: float) -> QPoint:
    assert view.shape is not None
    y, x = view.viewport.to_device(down * view.shape[0], right * view.shape[1])
    ratio = view.devicePixelRatioF()
    return QPoint(round(x / ratio), round(y / ratio))


def _wheel(view: Companion, place: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    at, none = QPointF(place), Qt.MouseButton.NoButton
    turn, phase = QPoint(0, 120), Qt.ScrollPhase.NoScrollPhase
    everywhere = view.mapToGlobal(at)
    event = QWheelEvent(at, everywhere, QPoint(), turn, none, modifiers, phase, False)
    QApplication.sendEvent(view, event)


def _drag(view: Companion, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, LEFT, NONE, start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, NONE, end)


def _calm(hands: Hands) -> None:
    """Without messages, which shift the picture as they come and go, and without a pointer."""
    hands.window.messages.clear()
    QApplication.processEvents()
    hands.canvas_image()


def _grab(view: Companion) -> bytes:
    image = view.grab().toImage()
    return bytes(image.constBits())


# --- frames ------------------------------------------------------------------------------------


def test_the_next_frame_stands_beside_and_follows(at_work: Hands) -> None:
    _open(at_work)
    assert _titles(at_work) == ("a · labels", "Next: b · unlabelled")
    canvas, companion = at_work.window.canvas, _companion(at_work)
    assert abs(canvas.width() - companion.width()) <= 1
    at_work.go("b")
    _see(at_work, "Next: c · unlabelled")
    _choose(at_work, "Previous frame")
    _see(at_work, "Previous: a · unlabelled")
    _choose(at_work, "This picture without labels")
    _see(at_work, "b · picture")
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    pixel = at_work.document.frame.pixels[_pixel(at_work, 0.505, 0.505)]
    halves = _both(at_work).halves
    assert halves.right_words.text() == " ".join(str(value) for value in pixel)
    assert halves.left_words.text() == "road · you"
    at_work.key(F3)
    assert not companion.isVisible() and companion.shape is None


def test_a_neighbour_shows_its_newest_strokes(at_work: Hands) -> None:
    _open(at_work)
    _choose(at_work, "Previous frame")
    at_work.wait(lambda: _empty(at_work) == "This is the first frame.")
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    at_work.go("b")
    _see(at_work, "Previous: a · labels")
    exhibit = _both(at_work).exhibit
    assert exhibit.ids[SHAPE[0] // 2, SHAPE[1] // 2] == 0
    QTest.mouseMove(_companion(at_work), _place(_companion(at_work), 0.5, 0.5))
    words = _both(at_work).halves
    assert (words.left_words.text(), words.right_words.text()) == ("void", "road · you")


def test_beyond_the_last_frame_there_is_a_remedy(at_work: Hands) -> None:
    at_work.go("c")
    at_work.key(F3)
    at_work.wait(lambda: _empty(at_work) == "This is the last frame.")
    button = at_work.button(_both(at_work).halves, "Compare with the previous frame")
    at_work.click(button)
    _see(at_work, "Previous: b · unlabelled")


def test_any_frame_can_be_held_and_lives_while_it_is_open(at_work: Hands) -> None:
    at_work.window.actions_["keep_beside"].trigger()
    _see(at_work, "a · this frame")
    before = _grab(_companion(at_work))
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    assert _grab(_companion(at_work)) != before
    at_work.go("c")
    _see(at_work, "a · labels")
    assert (_both(at_work).exhibit.ids == 0).any()
    menu = _both(at_work).halves.menu
    menu.aboutToShow.emit()
    (frames,) = (made.menu() for made in menu.actions() if made.text() == "Another frame")
    checked = {made.text(): made.isChecked() for made in frames.actions()}
    assert checked == {"a": True, "b": False, "c": False}


def test_a_frame_that_cannot_be_read_says_so_and_is_tried_again(
    at_work: Hands, folder: Path
) -> None:
    whole = (folder / "b.png").read_bytes()
    (folder / "b.png").write_bytes(b"no picture")
    at_work.key(F3)
    at_work.wait(lambda: "b" in _empty(at_work))
    (folder / "b.png").write_bytes(whole)
    at_work.click(at_work.button(_both(at_work).halves, "Try again"))
    _see(at_work, "Next: b · unlabelled")


# --- one place ---------------------------------------------------------------------------------


def test_wheel_and_drag_move_both_halves_from_either_side_until_the_link_is_cut(
    at_work: Hands,
) -> None:
    _open(at_work)
    canvas, companion = at_work.window.canvas, _companion(at_work)
    assert companion.viewport.scale == canvas.viewport.scale
    at_work.wheel(6)
    assert companion.viewport.scale == canvas.viewport.scale
    assert _middle(companion) == pytest.approx(_middle(canvas))
    scale = canvas.viewport.scale
    _wheel(companion, _place(companion, 0.6, 0.6))
    assert canvas.viewport.scale == companion.viewport.scale > scale
    before = _middle(canvas)
    _drag(companion, QPoint(100, 100), QPoint(60, 80))
    assert _middle(canvas) == pytest.approx(_middle(companion)) != before
    assert not at_work.labels.human().any()
    at_work.key(F3, SHIFT)
    kept = companion.viewport
    at_work.wheel(-4)
    assert companion.viewport == kept != canvas.viewport
    at_work.key(Qt.Key.Key_F)
    assert companion.all_in_sight and canvas.all_in_sight
    at_work.wheel(2)
    at_work.key(F3, SHIFT)
    assert companion.viewport.scale == canvas.viewport.scale
    assert _middle(companion) == pytest.approx(_middle(canvas))
    at_work.key(Qt.Key.Key_F)
    at_work.key(F3)  # alone again, the picture fills its room again
    assert canvas.all_in_sight and _middle(canvas) == pytest.approx((0.5, 0.5), abs=0.01)


def test_frames_of_other_sizes_meet_at_relative_places(hands: Hands, tmp_path: Path) -> None:
    for number, (name, shape) in enumerate({"a": (96, 128), "b": (192, 256)}.items()):
        draw(tmp_path / "unlike" / f"{name}.png", number, shape)
    hands.open(tmp_path / "unlike")
    _open(hands)
    canvas, companion = hands.window.canvas, _companion(hands)
    hands.wheel(5)
    assert canvas.viewport.scale == pytest.approx(2 * companion.viewport.scale)
    assert _middle(companion) == pytest.approx(_middle(canvas))
    row, column = _pixel(hands, 0.505, 0.455)
    assert _ghosts(hands) == (None, (2 * row + 1, 2 * column + 1))


def _pixel(hands: Hands, down: float, right: float) -> tuple[int, int]:
    """Move the pointer there and hear which pixel that is."""
    with hands.qtbot.waitSignal(hands.window.canvas.hovered) as heard:
        hands.move(down, right)
    return heard.args[0]


def _ghosts(hands: Hands) -> tuple[object, object]:
    """Where the ring is seen in the left and in the right half."""
    views = (hands.window.canvas, _companion(hands))
    ghosts = [veil.__self__ for view in views for veil in view.veils if _is_ghost(veil)]
    left, right = (ghost.place for ghost in ghosts)
    return left, right


def _is_ghost(veil: object) -> bool:
    return type(getattr(veil, "__self__", None)).__name__ == "Ghost"


def test_the_pointer_has_a_ghost_on_the_other_side(at_work: Hands) -> None:
    _open(at_work)
    companion = _companion(at_work)
    bare = _grab(companion)
    row, column = _pixel(at_work, 0.255, 0.505)
    assert _ghosts(at_work) == (None, (row + 0.5, column + 0.5))
    assert _grab(companion) != bare
    at_work.canvas_image()  # the pointer leaves
    assert _ghosts(at_work) == (None, None)
    QTest.mouseMove(companion, _place(companion, 0.5, 0.5))
    assert _ghosts(at_work)[0] is not None
    at_work.key(F3)
    at_work.move(0.25, 0.5)
    assert _ghosts(at_work)[1] is None


def test_the_keys_stay_with_the_canvas(at_work: Hands) -> None:
    _open(at_work)
    companion = _companion(at_work)
    at_work.window.canvas.setFocus()
    QTest.mouseClick(companion, LEFT, NONE, QPoint(50, 50))
    assert at_work.window.canvas.hasFocus()
    size = at_work.window.canvas.driver.options.size
    opacity = at_work.window.viewing.opacity
    _wheel(companion, QPoint(50, 50), CONTROL)
    _wheel(companion, QPoint(50, 50), Qt.KeyboardModifier.AltModifier)
    chosen = at_work.window.canvas.driver.active_class
    _wheel(companion, QPoint(50, 50), SHIFT)
    assert at_work.window.canvas.driver.active_class != chosen
    assert at_work.window.canvas.driver.options.size > size
    assert at_work.window.viewing.opacity > opacity


def test_the_second_half_looks_as_the_canvas_does(at_work: Hands) -> None:
    at_work.window.actions_["keep_beside"].trigger()
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    _see(at_work, "a · this frame")
    companion = _companion(at_work)

    def alike() -> bool:
        _calm(at_work)
        return at_work.look() == _grab(companion)

    canvas, window = at_work.window.canvas, at_work.window
    window.resize(window.width() + abs(canvas.width() - companion.width()), window.height())
    at_work.wait(lambda: canvas.width() == companion.width())
    assert alike()
    for key in (Qt.Key.Key_O, Qt.Key.Key_H):
        before = _grab(companion)
        at_work.key(key)
        assert _grab(companion) != before and alike()
        at_work.key(key)
    QTest.keyPress(canvas, Qt.Key.Key_Tab)
    assert alike()
    QTest.keyRelease(canvas, Qt.Key.Key_Tab)
    at_work.key(Qt.Key.Key_Up, SHIFT)
    assert alike()
    at_work.key(Qt.Key.Key_F5)  # the class in the hand, alone
    at_work.key(Qt.Key.Key_2)
    bare = _grab(companion)
    at_work.key(Qt.Key.Key_1)
    assert _grab(companion) != bare


# --- models ------------------------------------------------------------------------------------


def test_another_models_word_changes_no_label_and_is_kept(two_models: Hands, slow) -> None:
    go, asked = slow
    go.set()
    _open(two_models)
    _choose(two_models, "Prediction of Wild")
    _see(two_models, "Prediction of Wild")
    assert (two_models.labels.ids == VOID).all() and two_models.undo_name is None
    exhibit = _both(two_models).exhibit
    two_models.move(0.3, 0.3)
    row, column = int(0.3 * SHAPE[0]), int(0.3 * SHAPE[1])
    name = two_models.document.classes.get(int(exhibit.ids[row, column])).name
    told = _both(two_models).halves.right_words.text()
    assert told.startswith(f"{name} · 0.") or told == f"{name} · 1.00"
    _choose(two_models, "Next frame")
    _see(two_models, "Next: b · unlabelled")
    _choose(two_models, "Prediction of Wild")
    _see(two_models, "Prediction of Wild")
    assert _both(two_models).exhibit.ids is exhibit.ids
    assert asked == [("wild", "a")]


def test_only_what_differs_can_be_shown(two_models: Hands) -> None:
    _open(two_models)
    switch = two_models.window.actions_["only_differences"]
    assert not switch.isEnabled()
    _choose(two_models, "Prediction of Wild")
    _see(two_models, "Prediction of Wild")
    two_models.predict()
    two_models.wait(lambda: switch.isEnabled())
    companion, ids = _companion(two_models), _both(two_models).exhibit.ids
    all_of_it = _grab(companion)
    two_models.key(F3, CONTROL)
    assert _titles(two_models)[1] == "Only differences · Prediction of Wild"
    assert _grab(companion) != all_of_it
    alike = np.argwhere(ids == two_models.labels.ids)
    unlike = np.argwhere(ids != two_models.labels.ids)
    assert len(alike) and len(unlike)
    row, column = unlike[0]
    _calm(two_models)
    before = _grab(companion)
    two_models.key((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)[ids[row, column]])
    two_models.stroke(((row + 0.5) / SHAPE[0], (column + 0.5) / SHAPE[1]))
    _calm(two_models)
    assert _grab(companion) != before, "what was corrected does not differ any more"
    two_models.key(Qt.Key.Key_F7)  # the prediction in use, which the stroke has not changed
    _calm(two_models)
    assert _grab(companion) == before


def test_the_prediction_in_use_is_not_asked_for_twice(at_work: Hands, slow) -> None:
    go, asked = slow
    go.set()
    _open(at_work)
    _choose(at_work, "Prediction of Tiny")
    _see(at_work, "Prediction of Tiny")
    assert (at_work.labels.ids == VOID).all()
    at_work.predict()
    assert [model for model, _ in asked] == ["tiny", "tiny"]
    at_work.wait(lambda: _both(at_work).exhibit.ids is at_work.window.canvas.driver.model_ids)
    at_work.move(0.3, 0.3)
    left, right = _both(at_work).halves.left_words.text(), _both(at_work).halves.right_words.text()
    assert left.replace("model ", "") == right
    assert len(asked) == 2


def test_without_another_model_the_half_says_what_to_do(at_work: Hands) -> None:
    _open(at_work)
    _choose(at_work, "Prediction of another model")
    at_work.wait(lambda: _empty(at_work) == "No other model yet: fine-tune or import one.")
    at_work.click(at_work.button(_both(at_work).halves, "Import a checkpoint…"))
    at_work.wait(lambda: at_work.window.importing.dialog.isVisible())
    at_work.window.importing.dialog.close()


def test_a_project_without_classes_is_told_to_predict(hands: Hands, pictures: Path) -> None:
    hands.open(pictures)
    _open(hands)
    _both(hands).choose(Subject("prediction"))
    hands.wait(lambda: "no classes yet" in _empty(hands))
    hands.click(hands.button(_both(hands).halves, "Predict"))
    _see(hands, "Prediction of Tiny")


def test_an_answer_for_a_frame_that_was_left_is_dropped(two_models: Hands, slow) -> None:
    go, asked = slow
    _open(two_models)
    _choose(two_models, "Prediction of Wild")
    two_models.wait(lambda: asked == [("wild", "a")])
    assert _titles(two_models)[1] == "Prediction of Wild…"
    two_models.go("b")
    go.set()
    _see(two_models, "Prediction of Wild")
    assert _both(two_models).exhibit.frame == "b"
    assert asked == [("wild", "a"), ("wild", "b")]


def test_what_the_labeller_asks_for_goes_first(two_models: Hands, slow) -> None:
    go, asked = slow
    _open(two_models)
    _choose(two_models, "Prediction of Wild")
    two_models.wait(lambda: asked == [("wild", "a")])
    two_models.key(Qt.Key.Key_P)
    two_models.wait(lambda: len(asked) == 2)
    assert asked[1] == ("tiny", "a")
    go.set()
    _see(two_models, "Prediction of Wild")
    assert two_models.undo_name == "Predict"


def test_a_network_that_fails_is_asked_again(
    two_models: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Engine.predict

    def fails(self, key, device, document):
        raise RuntimeError("out of memory")
        yield

    monkeypatch.setattr(Engine, "predict", fails)
    _open(two_models)
    _choose(two_models, "Prediction of Wild")
    two_models.wait(lambda: "out of memory" in _empty(two_models))
    monkeypatch.setattr(Engine, "predict", real)
    two_models.click(two_models.button(_both(two_models).halves, "Try again"))
    _see(two_models, "Prediction of Wild")


# --- opening and closing -----------------------------------------------------------------------


def test_closing_the_half_gives_everything_back(two_models: Hands) -> None:
    _open(two_models)
    _choose(two_models, "Prediction of Wild")
    _see(two_models, "Prediction of Wild")
    opinions = _both(two_models).finding._opinions
    assert opinions._kept and opinions._engine._predictor is not None
    halves = _both(two_models).halves
    (close,) = (
        b
        for b in halves.findChildren(type(halves._buttons.itemAt(0).widget()))
        if b.accessibleName() == "Close this half"
    )
    two_models.click(close)
    assert not halves.companion.isVisible()
    assert not opinions._kept and opinions._engine._predictor is None
    assert _both(two_models).exhibit is None and halves.companion.shape is None
    assert not any(label.isVisible() for label in halves.findChildren(QLabel, "caption"))


def test_everything_is_as_it_was_left(new_window: Callable[[], Hands], folder: Path) -> None:
    first = new_window()
    first.open(folder)
    _open(first)
    _choose(first, "This picture without labels")
    first.key(F3, SHIFT)
    first.close()
    second = new_window()
    second.open(folder)
    _see(second, "a · picture")
    assert not second.window.actions_["link_halves"].isChecked()
    second.wheel(3)
    assert second.window.canvas.viewport != _companion(second).viewport
