"""The probability brush: paints where the model agrees, and says why it cannot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.pointer import PointerEvent
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts.shapes import Area, Circle, Note
from segstudio.tools.probability_brush import ProbabilityBrushOptions

CLASSES = ClassTable.of_names(["road", "car", "tree"])
SHAPE = (60, 70)
LIKELY = np.random.default_rng(3).random((2, *SHAPE), np.float32)


def hand(options: ProbabilityBrushOptions, active_class: int = 1) -> ToolDriver:
    """A brush on an empty label map; the model knows road and car."""
    driver = ToolDriver()
    frame = Frame("frame", np.zeros(SHAPE, np.uint8))
    driver.document = Document(frame, LabelMap.blank(SHAPE), CLASSES)
    driver.active_class = active_class
    driver.likelihood = lambda class_id: LIKELY[class_id] if class_id < 2 else None
    driver.choose(tools.registry.get("probability_brush"), options)
    return driver


def stroke(driver: ToolDriver, way: list[tuple[float, float]]) -> LabelMap:
    assert driver.document is not None
    driver.press(PointerEvent(*way[0]))
    for place in way[1:]:
        driver.drag(PointerEvent(*place))
    driver.release(PointerEvent(*way[-1]))
    return driver.document.label_map


@given(
    st.lists(st.tuples(st.floats(-5, 65), st.floats(-5, 75)), min_size=1, max_size=5),
    st.floats(0, 1),
    st.integers(1, 25),
)
def test_it_paints_what_a_brush_would_where_the_class_is_probable(
    way: list[tuple[float, float]], threshold: float, size: int
) -> None:
    painted = stroke(hand(ProbabilityBrushOptions(size=size, threshold=threshold)), way)
    plain = hand(ProbabilityBrushOptions())
    plain.choose(tools.registry.get("brush"), ProbabilityBrushOptions(size=size))
    expected = (stroke(plain, way).ids == 1) & (LIKELY[1] > threshold)
    assert np.array_equal(painted.ids == 1, expected)
    assert np.array_equal(painted.provenance == Provenance.HUMAN, expected)


def test_it_shows_what_it_would_paint() -> None:
    driver = hand(ProbabilityBrushOptions(size=21, threshold=0.4))
    event = PointerEvent(30.5, 33.5)
    *areas, circle = driver.shapes(event)
    assert isinstance(circle, Circle)
    shown = np.zeros(SHAPE, bool)
    for area in areas:
        assert isinstance(area, Area)
        shown[area.rect.slices] |= area.mask
    driver.press(event)
    driver.release(event)
    assert driver.document is not None
    assert np.array_equal(driver.document.label_map.ids == 1, shown)


@pytest.mark.parametrize(
    ("active_class", "predicted", "words"),
    [(1, False, "Predict first"), (2, True, "does not know this class")],
)
def test_without_a_probability_it_paints_nothing_and_says_why(
    active_class: int, predicted: bool, words: str
) -> None:
    driver = hand(ProbabilityBrushOptions(), active_class)
    if not predicted:
        driver.likelihood = None
    (note,) = (s for s in driver.shapes(PointerEvent(20, 20)) if isinstance(s, Note))
    assert words in note.text
    label_map = stroke(driver, [(20, 20), (30, 30)])
    assert not label_map.human().any()
    assert driver.document is not None
    assert driver.document.history.undo_name is None
