"""Jumping to the places that the model doubts."""

import numpy as np
from PySide6.QtCore import Qt

from .conftest import CONTROL, LONG, SHAPE, Hands


def jump(hands: Hands) -> tuple[float, float]:
    """Press J; gives the middle of the place that is looked at."""
    seen = hands.window.worst_region._seen
    before = list(seen)
    hands.key(Qt.Key.Key_J)
    hands.wait(lambda: seen != before)
    canvas, place = hands.window.canvas, seen[-1]
    middle = (place.top + place.bottom) / 2, (place.left + place.right) / 2
    height, width = canvas.device_size()
    # A message that comes meanwhile takes some of the canvas's room.
    centre = canvas.viewport.to_picture(height / 2, width / 2)
    assert np.allclose(centre, middle, atol=0.1 * SHAPE[0])
    return middle


def predict_again(hands: Hands) -> None:
    """The same prediction changes nothing, but nothing counts as seen any more."""
    with hands.qtbot.waitSignal(hands.window.predicting.predicted, timeout=LONG):
        hands.key(Qt.Key.Key_P)


def test_each_press_leads_to_another_doubtful_place(at_work: Hands) -> None:
    at_work.predict()
    fitted = at_work.window.canvas.viewport.scale
    places = [jump(at_work) for _ in range(4)]
    assert len({tuple(np.round(place)) for place in places}) == 4
    assert at_work.window.canvas.viewport.scale > fitted
    at_work.key(Qt.Key.Key_0, CONTROL)
    predict_again(at_work)
    assert np.allclose(jump(at_work), places[0], atol=1)


def test_what_was_painted_is_not_gone_to(at_work: Hands) -> None:
    at_work.predict()
    first = jump(at_work)
    at_work.key(Qt.Key.Key_1)
    at_work.key(Qt.Key.Key_F)
    height, width = at_work.document.frame.shape
    spot = first[0] / height, first[1] / width
    at_work.stroke(spot, spot)
    assert at_work.labels.human()[int(first[0]), int(first[1])]
    predict_again(at_work)
    assert not np.allclose(jump(at_work), first, atol=1)


def test_after_the_last_place_the_first_comes_again(at_work: Hands, monkeypatch) -> None:
    monkeypatch.setattr("segstudio.core.worst._LEAST", 0.0)
    at_work.predict()
    first, controller = jump(at_work), at_work.window.worst_region
    while len(controller._seen) < 32:
        jump(at_work)
    again = jump(at_work)
    at_work.wait_for_message("from the worst again")
    assert np.allclose(again, first, atol=1) and len(controller._seen) == 1


def test_without_a_prediction_the_remedy_predicts(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_J)
    assert at_work.message.startswith("Predict first")
    at_work.click(at_work.window.messages.remedy)
    at_work.wait(lambda: at_work.undo_name == "Predict")
    jump(at_work)


def test_a_frame_that_is_all_the_humans_has_none(at_work: Hands) -> None:
    at_work.predict()
    at_work.labels.provenance[:] = 2
    at_work.key(Qt.Key.Key_J)
    at_work.wait_for_message("sure of all that you have not decided")
