"""Gestures of several clicks: whatever the hand does, nothing breaks and one step undoes it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID
from segstudio.core.pointer import Key, Modifier, PointerEvent
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts.shapes import Circle, Path

SHAPE = (30, 40)
# Few places, so that hands often hit a point or an edge again.
events = st.builds(
    PointerEvent,
    st.integers(-1, 6).map(lambda y: 5.0 * y),
    st.integers(-1, 8).map(lambda x: 5.0 * x),
    modifiers=st.sampled_from([Modifier.NONE, Modifier.SHIFT, Modifier.CONTROL]),
    clicks=st.sampled_from([1, 1, 1, 2]),
    reach=st.sampled_from([0.5, 3.0]),
)
deeds = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["press", "drag", "release"]), events),
        st.tuples(st.just("key"), st.sampled_from(list(Key))),
    ),
    max_size=25,
)


def driver_of(name: str) -> ToolDriver:
    frame = Frame("frame", np.zeros((*SHAPE, 3), np.uint8))
    driver = ToolDriver()
    driver.document = Document(frame, classes=ClassTable.of_names(["road", "car"]))
    spec = tools.registry.get(name)
    driver.choose(spec, spec.options())
    return driver


def click(driver: ToolDriver, *places: tuple[float, float], reach: float = 1.0) -> None:
    for y, x in places:
        event = PointerEvent(y, x, reach=reach)
        driver.press(event)
        driver.release(event)


@pytest.mark.parametrize("name", ["line", "polygon"])
@given(deeds)
def test_any_order_of_presses_and_keys(name: str, deeds: list[tuple[str, object]]) -> None:
    driver = driver_of(name)
    document, told, steps = driver.document, [], []
    driver.ongoing_changed.connect(told.append)
    driver.edited.connect(lambda: steps.append(document.history.undo_name))
    for deed, what in deeds:
        getattr(driver, deed)(what)
        assert driver.ongoing == (bool(told) and told[-1])
        if isinstance(what, PointerEvent):
            driver.shapes(what)
    driver.finish()
    assert not driver.busy and not document.in_transaction
    assert told == [True, False] * (len(told) // 2)
    for _ in steps:
        assert document.undo() is not None
    assert document.undo() is None
    assert (document.label_map.ids == VOID).all()


@pytest.mark.parametrize("name", ["line", "polygon"])
def test_points_are_taken_back_until_there_is_no_gesture(name: str) -> None:
    driver = driver_of(name)
    click(driver, (5, 5), (5, 20), (20, 20))
    assert [driver.key(Key.BACKSPACE) for _ in range(4)] == [True, True, True, False]
    assert not driver.busy and driver.document.history.undo_name is None


def test_a_gesture_finished_with_the_button_down_ends_where_the_pointer_is() -> None:
    driver = driver_of("rectangle")
    driver.press(PointerEvent(5, 5))
    driver.drag(PointerEvent(15, 25))
    driver.finish()
    driver.release(PointerEvent(29, 39))
    painted = driver.document.label_map.human()
    assert painted.sum() == 10 * 20 and painted[5:15, 5:25].all()
    assert driver.shapes(PointerEvent(8, 8)) == ()


def test_what_a_press_would_take_hold_of_is_shown() -> None:
    driver = driver_of("polygon")
    click(driver, (5, 5), (5, 25), (25, 25))

    def held(y: float, x: float) -> list[Circle]:
        shapes = driver.shapes(PointerEvent(y, x, reach=2.0))
        assert all(isinstance(shape, Circle | Path) for shape in shapes)
        return [shape for shape in shapes if isinstance(shape, Circle)]

    assert [(c.y, c.x) for c in held(6, 24)] == [(5, 25)], "a corner"
    assert [(c.y, c.x) for c in held(5.5, 15)] == [(5.5, 15)], "a new one on an edge"
    assert held(15, 15) == [], "on the closing edge the next corner goes at the end anyway"
    assert held(12, 3) == []


def test_a_trembling_hand_clicks_all_the_same() -> None:
    driver = driver_of("polygon")
    click(driver, (5, 5), (5, 25), (25, 25), reach=2.0)
    driver.press(PointerEvent(5.5, 5, reach=2.0))
    driver.drag(PointerEvent(5.9, 5.2, reach=2.0))
    driver.release(PointerEvent(5.9, 5.2, reach=2.0))
    assert not driver.busy and driver.document.label_map.ids[6, 20] == 0
