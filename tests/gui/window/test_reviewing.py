"""Reviewing where the model would label otherwise, by keys and mouse."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.differences import Difference
from segstudio.core.label_map import VOID, Provenance
from segstudio.core.protection import Mask
from segstudio.gui.review_state import Order, ReviewState, Stage

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands

SHIFT = Qt.KeyboardModifier.ShiftModifier
ROAD = 0


def state(hands: Hands) -> ReviewState:
    return hands.window.reviewing.state


def begin(hands: Hands) -> None:
    """Press N, and wait until the first region is looked at."""
    hands.key(Qt.Key.Key_N)
    hands.wait(lambda: state(hands).current is not None)


def settle(hands: Hands) -> None:
    """Wait until the list is that of the labels as they are."""
    differing, heard = hands.window.differing, []
    differing.found.connect(heard.append)
    hands.wait(lambda: bool(heard) and not differing._pause.isActive())
    differing.found.disconnect(heard.append)


def looked_at(hands: Hands) -> Difference:
    region = state(hands).region
    assert region is not None
    return region


def pixels(hands: Hands, region: Difference) -> Mask:
    """HxW: the pixels of a region."""
    mask = np.zeros(SHAPE, np.bool_)
    mask[region.rect.slices] = hands.window.reviewing._found.mask(region)
    return mask


def centre(hands: Hands) -> tuple[float, float]:
    canvas = hands.window.canvas
    height, width = canvas.device_size()
    return canvas.viewport.to_picture(height / 2, width / 2)


def answer(hands: Hands, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL) -> None:
    hands.key(key, modifiers)


@pytest.fixture
def doubted(at_work: Hands) -> Hands:
    """Frame a holds a human's roads, older than a prediction that sees sky and car there."""
    at_work.key(Qt.Key.Key_1)
    for down, right in ((0.15, 0.2), (0.5, 0.5), (0.85, 0.8)):
        at_work.stroke((down, 0.1), (down, right))
    at_work.predict()
    return at_work


@pytest.fixture
def taken_back(at_work: Hands) -> Hands:
    """Frame a is void all over, and a prediction of it is to be accepted in parts."""
    at_work.predict()
    at_work.key(Qt.Key.Key_N)
    panel = at_work.window.review_panel
    at_work.wait(lambda: panel.empty.button.isVisible())
    assert state(at_work).stage is Stage.AGREED
    at_work.click(panel.empty.button)
    at_work.wait(lambda: state(at_work).current is not None)
    assert (at_work.labels.ids == VOID).all()
    return at_work


def test_regions_are_gone_through_in_the_middle_of_the_canvas(doubted: Hands) -> None:
    plain = doubted.look()
    begin(doubted)
    panel, regions = doubted.window.review_panel, state(doubted).regions
    assert doubted.window.actions_["panel_review"].isChecked()
    assert panel.table.rowCount() == len(regions) > 1
    assert [r.area for r in regions] == sorted((r.area for r in regions), reverse=True)
    assert {(r.now, r.by_human > 0) for r in regions} == {(ROAD, True)}
    first = looked_at(doubted)
    middle = ((first.rect.top + first.rect.bottom) / 2, (first.rect.left + first.rect.right) / 2)
    # A message that comes meanwhile takes some of the canvas's room.
    assert np.allclose(centre(doubted), middle, atol=0.1 * SHAPE[0])
    doubted.key(Qt.Key.Key_N)
    second = looked_at(doubted)
    assert second is regions[1]
    assert doubted.look() != plain
    doubted.key(Qt.Key.Key_N, SHIFT)
    doubted.key(Qt.Key.Key_N, SHIFT)
    assert looked_at(doubted) is regions[-1]


def test_a_click_in_the_list_goes_there(doubted: Hands) -> None:
    begin(doubted)
    panel = doubted.window.review_panel
    place = panel.list.visualRect(panel.table.index(1)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, NONE, place)
    assert state(doubted).current == 1
    words = panel.table.index(1).data()
    assert words in ("road → sky", "road → car")


def test_the_list_is_ordered_and_its_smallest_chosen(doubted: Hands) -> None:
    begin(doubted)
    panel, few = doubted.window.review_panel, len(state(doubted).regions)
    panel.order.setCurrentIndex(list(Order).index(Order.SUREST))
    sureness = [region.sureness for region in state(doubted).regions]
    assert sureness == sorted(sureness, reverse=True)
    panel.least.setValue(1)
    doubted.wait(lambda: len(state(doubted).regions) > few)


def test_accepting_takes_the_models_class_as_the_humans(doubted: Hands) -> None:
    begin(doubted)
    region, before = looked_at(doubted), doubted.labels.copy()
    mask, after = pixels(doubted, region), state(doubted).regions[1]
    answer(doubted, Qt.Key.Key_Return)
    assert (doubted.labels.ids[mask] == region.suggested).all()
    assert (doubted.labels.provenance[mask] == Provenance.HUMAN).all()
    assert (doubted.labels.ids[~mask] == before.ids[~mask]).all()
    assert looked_at(doubted) is after and doubted.undo_name == "Accept change"
    settle(doubted)
    assert region.first not in {other.first for other in state(doubted).regions}
    doubted.key(Qt.Key.Key_Z, CONTROL)
    assert doubted.labels.equals(before)


def test_rejecting_keeps_pixels_from_the_model_for_good(taken_back: Hands) -> None:
    region = looked_at(taken_back)
    mask = pixels(taken_back, region)
    answer(taken_back, Qt.Key.Key_Backspace)
    assert (taken_back.labels.ids[mask] == VOID).all()
    assert (taken_back.labels.provenance[mask] == Provenance.HUMAN).all()
    assert taken_back.undo_name == "Reject change"
    taken_back.predict()
    assert (taken_back.labels.ids[mask] == VOID).all()
    assert (taken_back.labels.ids[~mask] != VOID).all()


def test_all_are_accepted_as_one_step(taken_back: Hands) -> None:
    panel, regions = taken_back.window.review_panel, state(taken_back).regions
    before, area = taken_back.labels.copy(), sum(region.area for region in regions)
    assert panel.accept_all.text() == f"Accept all {len(regions)}"
    taken_back.click(panel.accept_all)
    assert taken_back.labels.human().sum() == (taken_back.labels.ids != VOID).sum() == area
    settle(taken_back)
    assert state(taken_back).stage is Stage.REVIEWED
    taken_back.key(Qt.Key.Key_Z, CONTROL)
    assert taken_back.labels.equals(before)


def test_rejected_suggestions_are_listed_again_when_asked_for(doubted: Hands) -> None:
    begin(doubted)
    panel, count, before = (
        doubted.window.review_panel,
        len(state(doubted).regions),
        doubted.labels.copy(),
    )
    answer(doubted, Qt.Key.Key_Backspace, CONTROL | SHIFT)
    settle(doubted)
    assert doubted.labels.equals(before) and state(doubted).stage is Stage.REVIEWED
    doubted.click(doubted.button(panel, "Review again"))
    doubted.wait(lambda: len(state(doubted).regions) == count)


def test_locked_classes_stay_and_it_is_told(doubted: Hands) -> None:
    begin(doubted)
    classes, before = doubted.project.classes, doubted.labels.copy()
    doubted.window.labelling.set_classes(classes.changed(ROAD, locked=True))
    region = looked_at(doubted)
    answer(doubted, Qt.Key.Key_Return)
    assert doubted.labels.equals(before) and looked_at(doubted) is region
    doubted.wait_for_message("the class under the stroke is locked")


def test_what_was_painted_after_the_prediction_is_no_question(at_work: Hands) -> None:
    at_work.predict()
    at_work.key(Qt.Key.Key_1)
    at_work.stroke((0.3, 0.1), (0.3, 0.9))
    at_work.key(Qt.Key.Key_N)
    at_work.wait(lambda: state(at_work).stage is Stage.REVIEWED)
    assert at_work.window.review_panel.empty.isVisible()


def test_the_list_follows_the_labels(doubted: Hands) -> None:
    begin(doubted)
    doubted.key(Qt.Key.Key_F)
    doubted.key(Qt.Key.Key_3)
    before = {region.first for region in state(doubted).regions}
    doubted.stroke((0.5, 0.05), (0.5, 0.6))
    settle(doubted)
    assert {region.first for region in state(doubted).regions} < before
    doubted.key(Qt.Key.Key_Z, CONTROL)
    settle(doubted)
    assert {region.first for region in state(doubted).regions} == before


def test_without_a_prediction_there_is_nothing_to_review(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_N)
    assert at_work.message.startswith("Predict first")
    at_work.key(Qt.Key.Key_Return, CONTROL)
    at_work.key(Qt.Key.Key_Return, CONTROL | SHIFT)
    assert not at_work.labels.human().any()


def test_another_frame_has_other_differences(doubted: Hands) -> None:
    begin(doubted)
    outlined = doubted.window.reviewing._outline
    assert outlined.region is not None
    doubted.go("b")
    assert outlined.region is None and not state(doubted).regions
