"""What every tool in the registry owes: undo, protection, Escape, edges, tiny pictures."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, LabelMap
from segstudio.core.options import describe
from segstudio.core.pointer import PointerEvent
from segstudio.core.protection import Protection
from segstudio.core.rect import Rect
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts.shapes import Circle, Shape
from segstudio.tools.parts.spec import ToolContext, ToolSpec

CLASSES = ClassTable.of_names(["road", "car", "tree"])
SHAPE = (40, 50)
Way = list[tuple[float, float]]
ways = st.lists(
    st.tuples(st.floats(-15, 55), st.floats(-15, 65)), min_size=1, max_size=6, unique=True
)


def variants() -> list[Any]:
    """Every tool with its defaults and once for each choice of each option."""
    found = []
    for spec in tools.registry:
        found.append(pytest.param(spec, spec.options(), id=spec.name))
        for option in describe(spec.options):
            for choice in option.choices or ((True,) if option.kind is bool else ()):
                options = spec.options(**{option.name: choice})
                name = f"{spec.name}-{option.name}-{choice}"
                found.append(pytest.param(spec, options, id=name))
    return found


every_tool = pytest.mark.parametrize("spec", list(tools.registry), ids=lambda spec: spec.name)
every_variant = pytest.mark.parametrize(("spec", "options"), variants())


_RING = np.zeros((5, 5), np.uint8)
_RING[1:4, 1:4] = 2
_RING[2, 2] = 0
"""A hole with a speck in it, in a region that can be pressed around it."""

_RINGED = (np.s_[:5, :5], np.s_[:5, -5:], np.s_[-5:, :5], np.s_[-5:, -5:], np.s_[8:13, 12:17])
"""In the corners and where ``AROUND`` begins."""


def open_document(shape: tuple[int, int] = SHAPE, seed: int = 0) -> Document:
    """Dark noise with bright objects, labelled with a large region full of holes and specks.

    So all tools have work.
    """
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 80, (*shape, 3)).astype(np.uint8)
    ids = rng.choice(np.array([0, 1, 2, VOID], np.uint8), shape, p=[0.7, 0.1, 0.1, 0.1])
    for place in _RINGED:
        block = ids[place]
        block[:] = _RING[: block.shape[0], : block.shape[1]]
        pixels[place][1:4, 1:4] += 170
    label_map = LabelMap(ids, rng.integers(0, 3, shape).astype(np.uint8))
    return Document(Frame("frame", pixels), label_map, CLASSES)


def state(document: Document) -> tuple[bytes, bytes]:
    return document.label_map.ids.tobytes(), document.label_map.provenance.tobytes()


class Recorder:
    """Uses one tool on a document as the canvas does, and keeps what was reported dirty."""

    def __init__(self, document: Document, spec: ToolSpec, options: Any) -> None:
        self.document = document
        self.dirty = Rect(0, 0, 0, 0)
        self.driver = ToolDriver()
        self.driver.document = document
        self.driver.active_class = 1
        rng = np.random.default_rng(9)
        shape = document.frame.shape
        self.driver.model_ids = rng.choice(np.array([0, 1, 2, VOID], np.uint8), shape)
        likely = rng.random((3, *shape), np.float32)
        self.driver.likelihood = lambda class_id: likely[class_id] if class_id < 3 else None
        self.driver.choose(spec, options)
        document.pixels_changed.connect(self._note)

    def _note(self, rect: Rect) -> None:
        self.dirty = self.dirty.union(rect)

    def use(self, way: Way, *, escape: bool = False) -> Rect:
        """One gesture along a way; gives the rectangle around what was reported dirty."""
        driver, self.dirty = self.driver, Rect(0, 0, 0, 0)
        # A polygon that closes itself by a click on its first corner is past any Escape.
        reach = 0.0 if escape else 1.0
        events = [
            PointerEvent(y, x, pressure=0.2 + 0.1 * i, reach=reach) for i, (y, x) in enumerate(way)
        ]
        if driver.spec.gesture == "points":
            for event in events:
                driver.press(event)
                driver.release(event)
                driver.drag(event)
        else:
            driver.press(events[0])
            for event in events[1:]:
                driver.drag(event)
            if not escape:
                driver.release(events[-1])
        if escape:
            driver.cancel()
        else:
            driver.finish()
        assert not driver.busy
        assert not self.document.in_transaction
        return self.dirty


def drive(document: Document, spec: ToolSpec, options: Any, way: Way) -> Rect:
    """One gesture with a new tool."""
    return Recorder(document, spec, options).use(way)


AROUND: Way = [(10, 12), (28, 14), (26, 38), (12, 36)]
"""A way that encloses something, whatever the tool."""


@given(way=ways)
@every_variant
def test_undo_gives_the_exact_bytes_and_redo_repeats(
    spec: ToolSpec, options: Any, way: Way
) -> None:
    document = open_document()
    before = state(document)
    drive(document, spec, options, way)
    after = state(document)
    stepped = document.undo() is not None
    assert stepped == (after != before)
    assert state(document) == before
    document.redo()
    assert state(document) == after
    assert document.undo() is None or document.undo() is None, "a gesture is one step"


@every_variant
def test_a_gesture_on_the_picture_does_something_unless_the_tool_only_looks(
    spec: ToolSpec, options: Any
) -> None:
    document = open_document()
    before = state(document)
    drive(document, spec, options, AROUND)
    assert (state(document) != before) == spec.edits


@given(way=ways)
@every_variant
def test_pixels_outside_the_dirty_rectangle_stay(spec: ToolSpec, options: Any, way: Way) -> None:
    document = open_document()
    before = document.label_map.copy()
    dirty = drive(document, spec, options, way)
    outside = np.ones(SHAPE, bool)
    outside[dirty.slices] = False
    assert (document.label_map.ids == before.ids)[outside].all()
    assert (document.label_map.provenance == before.provenance)[outside].all()


@given(way=ways, locked=st.sets(st.sampled_from([0, 1, 2]), min_size=1))
@every_variant
def test_locked_classes_are_untouched(
    spec: ToolSpec, options: Any, way: Way, locked: set[int]
) -> None:
    document = open_document()
    for class_id in locked:
        document.classes = document.classes.changed(class_id, locked=True)
    before = document.label_map.copy()
    drive(document, spec, options, way)
    kept = np.isin(before.ids, list(locked))
    assert (document.label_map.ids == before.ids)[kept].all()
    assert (document.label_map.provenance == before.provenance)[kept].all()


@given(way=ways)
@every_variant
def test_escape_halfway_leaves_nothing_and_the_next_gesture_is_as_new(
    spec: ToolSpec, options: Any, way: Way
) -> None:
    document, untroubled = open_document(), open_document()
    before = state(document)
    used, new = (Recorder(opened, spec, options) for opened in (document, untroubled))
    used.use(way, escape=True)
    assert state(document) == before
    assert document.history.undo_name is None
    used.use(AROUND)
    new.use(AROUND)
    assert state(document) == state(untroubled)


@given(way=ways)
@every_variant
def test_every_rule_is_obeyed(spec: ToolSpec, options: Any, way: Way) -> None:
    region = np.zeros(SHAPE, bool)
    region[8:30, 5:44] = True
    for protection in (
        Protection(over="void"),
        Protection(over="class", over_class=2),
        Protection(forbidden=frozenset({(1, 0), (VOID, 0)})),
        Protection(region=region),
    ):
        document = open_document()
        document.protection = protection
        before = document.label_map.copy()
        drive(document, spec, options, way)
        now = document.label_map
        changed = (now.ids != before.ids) | (now.provenance != before.provenance)
        allowed = {
            "void": before.ids == VOID,
            "class": before.ids == 2,
            "everything": np.ones(SHAPE, bool),
        }[protection.over]
        assert not (changed & ~allowed).any()
        for new, old in protection.forbidden:
            assert not (changed & (now.ids == new) & (before.ids == old)).any()
        if protection.region is not None:
            assert not (changed & ~region).any()


@every_variant
@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1)])
def test_tiny_and_narrow_pictures(spec: ToolSpec, options: Any, shape: tuple[int, int]) -> None:
    document = open_document(shape)
    before = state(document)
    for way in ([(0.5, 0.5)], [(0, 0), (1, 1)], [(-5, -5), (70, 70)], [(500, 500), (501, 501)]):
        drive(document, spec, options, way)
    while document.undo():
        pass
    assert state(document) == before


@every_variant
@pytest.mark.parametrize("corner", [(0, 0), (0, 49.99), (39.99, 0), (39.99, 49.99), (40, 50)])
def test_corners_can_be_reached(spec: ToolSpec, options: Any, corner: tuple[float, float]) -> None:
    document = open_document()
    before = document.label_map.copy()
    inwards = [(1 if corner[0] < 20 else -1) * 4, (1 if corner[1] < 25 else -1) * 4]
    y, x = corner
    drive(document, spec, options, [(y, x), (y + inwards[0], x), (y + inwards[0], x + inwards[1])])
    y, x = min(int(y), 39), min(int(x), 49)
    near = (slice(max(0, y - 4), y + 5), slice(max(0, x - 4), x + 5))
    now, was = document.label_map, before
    changed = (now.ids != was.ids) | (now.provenance != was.provenance)
    assert changed[near].any() == spec.edits


@every_tool
def test_the_label_map_cannot_be_written_through_the_context(spec: ToolSpec) -> None:
    document = open_document()
    context = ToolContext.of(document, 1, spec.options())
    for plane in (context.label_map.ids, context.label_map.provenance):
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        context.active_class = 2
    document.begin("still the document's to change")
    document.label_map.ids[0, 0] = 1
    document.commit()


@every_tool
def test_a_spec_says_all_that_a_tool_bar_needs(spec: ToolSpec) -> None:
    assert spec.label
    assert spec.tooltip.endswith(".")
    assert spec.icon.startswith("mdi6.")
    assert len(spec.shortcut.removeprefix("Shift+")) == 1
    assert spec.make() is not spec.make()


@every_tool
def test_options_are_frozen_and_every_field_can_be_shown(spec: ToolSpec) -> None:
    assert is_dataclass(spec.options)
    options = spec.options()
    shown = describe(spec.options)
    assert [option.name for option in shown] == [entry.name for entry in fields(spec.options)]
    hints = get_type_hints(spec.options)
    for option in shown:
        assert option.label
        assert option.tooltip
        assert not option.choices or option.default in option.choices
        assert get_args(hints[option.name]) == option.choices or not option.choices
        with pytest.raises(FrozenInstanceError):
            setattr(options, option.name, option.default)


def test_no_two_tools_share_a_shortcut_a_place_or_an_icon() -> None:
    for field in ("shortcut", "order", "icon", "label"):
        values = [getattr(spec, field) for spec in tools.registry]
        assert len(set(values)) == len(values), field


def test_the_tool_bar_order_is_by_place() -> None:
    specs = tools.in_order()
    assert specs[0].name == "brush"
    assert specs == sorted(tools.registry, key=lambda spec: spec.order)


@every_variant
def test_it_shows_what_a_press_would_touch(spec: ToolSpec, options: Any) -> None:
    recorder = Recorder(open_document(), spec, options)
    for shape in recorder.driver.shapes(PointerEvent(12.3, 45.6)):
        assert isinstance(shape, get_args(Shape))


def test_the_outline_of_a_brush_is_near_the_pointer() -> None:
    for spec in (tools.registry.get("brush"), tools.registry.get("eraser")):
        (shape,) = Recorder(open_document(), spec, spec.options()).driver.shapes(
            PointerEvent(12.3, 45.6)
        )
        assert isinstance(shape, Circle)
        assert max(abs(shape.y - 12.3), abs(shape.x - 45.6)) <= 0.5
        assert shape.radius > 0
