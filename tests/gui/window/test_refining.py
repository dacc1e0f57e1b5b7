"""The live CRF: what it may change, and what one movement of the hand costs in undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segstudio.core.label_map import Provenance
from segstudio.gui import crf_worker

from .conftest import CONTROL, LEFT, NONE, Hands


@pytest.fixture(params=["exact only", "with previews"])
def previews(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as small pictures are refined, once as large ones: with a coarse answer before."""
    if request.param == "with previews":
        monkeypatch.setattr(crf_worker, "_NO_PREVIEW_BELOW", 0)


@pytest.fixture
def predicted(at_work: Hands) -> Hands:
    """Frame a with a stroke and a prediction, the CRF panel in front."""
    at_work.key(Qt.Key.Key_3)
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    at_work.predict()
    at_work.window.docks[-1].raise_()
    return at_work


def switch(hands: Hands) -> None:
    hands.click(hands.window.crf_panel.on.switch)


def settled(hands: Hands) -> None:
    hands.wait(lambda: not hands.window.refining.busy)


def steps(hands: Hands) -> list[str]:
    """Names of the steps that undo would take back, the newest first."""
    return [step.name for step in reversed(hands.document.history._done)]


def drag(hands: Hands, name: str, *shares: float) -> None:
    """Drag a slider of the CRF panel from its handle through these shares of its width."""
    slider = hands.window.crf_panel.form.rows[name].slider
    y = slider.height() // 2
    at = lambda share: QPoint(round(share * slider.width()), y)  # noqa: E731
    QTest.mousePress(slider, LEFT, NONE, at(shares[0]))
    for share in shares[1:]:
        QTest.mouseMove(slider, at(share))
        hands.qtbot.wait(60)
    QTest.mouseRelease(slider, LEFT, NONE, at(shares[-1]))


def test_off_shows_the_network_again(predicted: Hands) -> None:
    coarse, human = predicted.labels.copy(), predicted.labels.human()
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    assert (predicted.labels.ids != coarse.ids).any()
    assert np.array_equal(predicted.labels.human(), human)
    assert (predicted.labels.ids[human] == coarse.ids[human]).all()
    switch(predicted)
    assert np.array_equal(predicted.labels.ids, coarse.ids)
    assert np.array_equal(predicted.labels.provenance, coarse.provenance)
    assert steps(predicted) == ["CRF off", "CRF", "Predict", "Brush"]


@pytest.mark.usefixtures("previews")
def test_a_slider_that_is_dragged_is_one_step(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    before, known = predicted.labels.ids.copy(), steps(predicted)
    human = predicted.labels.human()
    drag(predicted, "appearance_weight", 0.6, 0.4, 0.2, 0.02)
    settled(predicted)
    predicted.wait(lambda: steps(predicted) == ["CRF", *known])
    drag(predicted, "smoothness_weight", 0.3, 0.9, 0.02)
    settled(predicted)
    assert steps(predicted) == ["CRF", "CRF", *known]
    assert np.array_equal(predicted.labels.human(), human)
    while len(steps(predicted)) > len(known):
        predicted.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(predicted.labels.ids, before)


def test_a_stroke_and_what_the_crf_makes_of_it_are_one_step(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    before, known = predicted.labels.copy(), steps(predicted)
    predicted.key(Qt.Key.Key_2)
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    human = predicted.labels.human()
    settled(predicted)
    model_changed = (predicted.labels.ids != before.ids) & ~human
    assert model_changed.any(), "the scribble did not spread"
    assert steps(predicted) == ["Brush", *known]
    predicted.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(predicted.labels.ids, before.ids)
    assert np.array_equal(predicted.labels.provenance, before.provenance)
    predicted.key(Qt.Key.Key_Y, CONTROL)
    assert np.array_equal(predicted.labels.human(), human)
    assert steps(predicted) == ["Brush", *known]


@pytest.mark.usefixtures("previews")
def test_two_quick_strokes_are_two_steps(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    known = steps(predicted)
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    predicted.stroke((0.2, 0.2), (0.2, 0.7))
    settled(predicted)
    assert steps(predicted) == ["Brush", "Brush", *known]


def test_a_dab_that_changes_nothing_does_not_lose_the_answer(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    before = predicted.labels.ids.copy()
    predicted.key(Qt.Key.Key_2)
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    human = predicted.labels.human()
    predicted.stroke((0.8, 0.4), (0.8, 0.5))  # over its own pixels
    predicted.press(0.2, 0.2)
    predicted.qtbot.wait(400)
    QTest.keyClick(predicted.window.canvas, Qt.Key.Key_Escape)
    predicted.release(0.2, 0.2)
    settled(predicted)
    predicted.wait(lambda: bool(((predicted.labels.ids != before) & ~human).any()))
    assert np.array_equal(predicted.labels.human(), human)


def test_undo_and_redo_across_brush_prediction_and_crf(predicted: Hands) -> None:
    states = [predicted.labels.copy()]
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    states.append(predicted.labels.copy())
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    settled(predicted)
    states.append(predicted.labels.copy())
    for state in states[-2::-1]:
        predicted.key(Qt.Key.Key_Z, CONTROL)
        assert np.array_equal(predicted.labels.ids, state.ids)
        assert np.array_equal(predicted.labels.provenance, state.provenance)
    predicted.key(Qt.Key.Key_Z, CONTROL)
    predicted.key(Qt.Key.Key_Z, CONTROL)
    assert not predicted.labels.provenance.any()
    for _ in range(4):
        predicted.key(Qt.Key.Key_Y, CONTROL)
    assert np.array_equal(predicted.labels.ids, states[-1].ids)
    assert np.array_equal(predicted.labels.provenance, states[-1].provenance)


def test_an_answer_that_comes_after_undo_is_dropped(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    settled(predicted)
    before = predicted.labels.ids.copy()
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    predicted.key(Qt.Key.Key_Z, CONTROL)
    settled(predicted)
    predicted.qtbot.wait(100)
    assert np.array_equal(predicted.labels.ids, before)
    assert predicted.window.actions_["redo"].isEnabled()


def test_a_done_frame_is_not_refined(predicted: Hands) -> None:
    predicted.key(Qt.Key.Key_Return)
    before = predicted.labels.ids.copy()
    switch(predicted)
    predicted.wait_for_message("marked as done")
    drag(predicted, "smoothness_weight", 0.2, 0.9)
    settled(predicted)
    predicted.qtbot.wait(100)
    assert np.array_equal(predicted.labels.ids, before)
    assert (before[predicted.labels.provenance == Provenance.MODEL] < 3).all()


def test_the_next_frame_is_refined_from_its_own_prediction(predicted: Hands) -> None:
    switch(predicted)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    predicted.go("b")
    assert predicted.undo_name is None
    settled(predicted)
    predicted.qtbot.wait(100)
    assert predicted.undo_name is None
    predicted.key(Qt.Key.Key_P)
    predicted.wait(lambda: predicted.undo_name == "CRF")
    assert steps(predicted) == ["CRF", "Predict"]


def test_closing_while_the_crf_works(predicted: Hands) -> None:
    switch(predicted)
    predicted.stroke((0.8, 0.2), (0.8, 0.7))
    predicted.close()


def test_parameters_are_kept_with_the_project(predicted: Hands) -> None:
    switch(predicted)
    settled(predicted)
    drag(predicted, "smoothness_weight", 0.1, 0.8)
    settled(predicted)
    wanted = predicted.window.refining.parameters
    folder = predicted.window.labelling.project.folder
    predicted.window.open_path(folder)
    predicted.wait(lambda: predicted.window.labelling.document is not None)
    assert predicted.window.refining.parameters == wanted
    assert predicted.window.crf_panel.form.options() == wanted
    assert predicted.window.crf_panel.preset.value() == "own"
