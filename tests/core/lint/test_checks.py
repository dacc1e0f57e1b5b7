"""Every check against a plain reference that goes from pixel to pixel."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.lint import in_order, registry
from segstudio.core.lint.parts.class_sets import ClassPairs, ClassSet
from segstudio.core.lint.parts.spec import Finding, Subject
from segstudio.core.lint.slivers import SliversOptions
from segstudio.core.lint.specks import SpecksOptions
from segstudio.core.lint.touching import TouchingOptions
from segstudio.core.rect import Rect

Pixel = tuple[int, int]
Told = tuple[tuple[int, ...], Rect, int]

CLASSES = ClassTable.of_names(("road", "sky", "car"))
PAIRS = [(0, 1), (0, 2), (1, 2)]
shapes = st.tuples(st.integers(1, 14), st.integers(1, 14))
label_maps = shapes.flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, VOID]))
)


def subject(ids: np.ndarray, *, by: int = Provenance.MODEL, done: bool = False) -> Subject:
    return Subject(LabelMap(ids, np.full(ids.shape, by, np.uint8)), CLASSES, done)


def found(name: str, seen: Subject, options: object) -> list[Finding]:
    return list(registry.get(name).find(seen, options))


def told(name: str, ids: np.ndarray, options: object) -> set[Told]:
    findings = found(name, subject(ids), options)
    told = {(f.class_ids, f.rect, f.pixels) for f in findings}
    assert len(told) == len(findings)
    return told


# --- references ------------------------------------------------------------------------------


def around(pixel: Pixel) -> Iterator[Pixel]:
    y, x = pixel
    return ((y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)


def beside(pixel: Pixel) -> Iterator[Pixel]:
    y, x = pixel
    return iter([(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)])


def pieces(pixels: set[Pixel]) -> Iterator[set[Pixel]]:
    """Sets of pixels that hang together over sides and corners."""
    left = set(pixels)
    while left:
        piece, edge = set(), [left.pop()]
        while edge:
            here = edge.pop()
            piece.add(here)
            reached = left.intersection(around(here))
            left -= reached
            edge += reached
        yield piece


def of_class(ids: np.ndarray, class_id: int) -> set[Pixel]:
    return {(y, x) for y, x in np.argwhere(ids == class_id).tolist()}


def as_told(class_ids: tuple[int, ...], piece: set[Pixel]) -> Told:
    rows, columns = [y for y, _ in piece], [x for _, x in piece]
    rect = Rect(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    return class_ids, rect, len(piece)


def gathered(ids: np.ndarray, kept: Callable[[int, set[Pixel]], Iterator[set[Pixel]]]) -> set:
    return {
        as_told((class_id,), piece)
        for class_id in (0, 1, 2, VOID)
        for piece in kept(class_id, of_class(ids, class_id))
    }


# --- specks ----------------------------------------------------------------------------------


@given(label_maps, st.integers(2, 30), st.booleans())
def test_specks(ids: np.ndarray, size: int, void: bool) -> None:
    def small(class_id: int, pixels: set[Pixel]) -> Iterator[set[Pixel]]:
        if void or class_id != VOID:
            yield from (piece for piece in pieces(pixels) if len(piece) < size)

    assert told("specks", ids, SpecksOptions(size, void)) == gathered(ids, small)


@given(label_maps, st.integers(2, 30), st.data())
def test_mending_takes_all_specks_but_those_that_stay(
    ids: np.ndarray, size: int, data: st.DataObject
) -> None:
    options, seen = SpecksOptions(size), subject(ids)
    findings = found("specks", seen, options)
    stay = data.draw(st.sets(st.sampled_from(findings))) if findings else set()
    mend = registry.get("specks").mend
    assert mend is not None
    document = Document(Frame("f", np.zeros(ids.shape, np.uint8)), seen.label_map)
    before = ids.copy()
    with document.transaction("Remove specks"):
        for edit in list(mend(seen, options, stay)):
            document.apply(edit)
    pixels = sum(finding.pixels for finding in findings if finding not in stay)
    touched = document.label_map.human()
    assert touched.sum() == pixels
    assert (document.label_map.ids[~touched] == before[~touched]).all()
    assert document.undo() is not None or not pixels
    assert (document.label_map.ids == before).all()


def test_a_speck_goes_to_what_it_borders_most() -> None:
    ids = np.zeros((9, 9), np.uint8)
    ids[:, 6:] = 1
    ids[4, 5:7] = 2
    ids[0, 8] = VOID
    mend = registry.get("specks").mend
    assert mend is not None
    document = Document(Frame("f", np.zeros(ids.shape, np.uint8)), subject(ids).label_map)
    with document.transaction("Remove specks"):
        for edit in list(mend(subject(ids.copy()), SpecksOptions(), ())):
            document.apply(edit)
    assert (document.label_map.ids[:, 7:] == 1).all() and document.label_map.ids[4, 5] == 0


# --- slivers ---------------------------------------------------------------------------------


@given(label_maps, st.integers(2, 8), st.sets(st.sampled_from([0, 1, 2])))
def test_slivers(ids: np.ndarray, length: int, thin: set[int]) -> None:
    def slim(class_id: int, pixels: set[Pixel]) -> Iterator[set[Pixel]]:
        squares = (
            {(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)}
            for y in range(ids.shape[0])
            for x in range(ids.shape[1])
        )
        thick = set().union(*(square for square in squares if square <= pixels))
        if class_id != VOID and class_id not in thin:
            yield from (piece for piece in pieces(pixels - thick) if len(piece) >= length)

    options = SliversOptions(length, ClassSet(thin))
    assert told("slivers", ids, options) == gathered(ids, slim)


def test_a_slanting_border_is_no_sliver() -> None:
    y, x = np.mgrid[:40, :60]
    for slope in (0.0, 0.5, 0.7, 1.0, 2.5):
        ids = (y - 20 > slope * (x - 30)).astype(np.uint8)
        assert told("slivers", ids, SliversOptions(4)) == set()


# --- touching --------------------------------------------------------------------------------


@given(label_maps, st.sets(st.sampled_from(PAIRS)))
@example(np.array([[0, 1], [1, 0]], np.uint8), {(0, 1)})
def test_touching(ids: np.ndarray, forbidden: set[Pixel]) -> None:
    expected = set()
    for one, other in forbidden:
        ones, others = of_class(ids, one), of_class(ids, other)
        met = {p for p in ones if others.intersection(beside(p))}
        met |= {p for p in others if ones.intersection(beside(p))}
        expected |= {as_told((one, other), piece) for piece in pieces(met)}
    assert told("touching", ids, TouchingOptions(ClassPairs(forbidden))) == expected


def test_a_touch_over_a_corner_is_none() -> None:
    ids = np.array([[0, VOID], [VOID, 1]], np.uint8)
    assert told("touching", ids, TouchingOptions(ClassPairs([(0, 1)]))) == set()


# --- unseen ----------------------------------------------------------------------------------


@given(label_maps, st.sampled_from(list(Provenance)), st.booleans(), st.booleans())
def test_unseen(ids: np.ndarray, by: Provenance, done: bool, one_pixel: bool) -> None:
    seen = subject(ids, by=by, done=done)
    if one_pixel:
        seen.label_map.provenance[-1, -1] = Provenance.HUMAN
    human = by == Provenance.HUMAN or one_pixel
    findings = found("unseen", seen, registry.get("unseen").options())
    assert bool(findings) == (done and not human)
    assert all(finding.rect == Rect.of_shape(ids.shape) for finding in findings)


# --- all of them -----------------------------------------------------------------------------


@pytest.mark.parametrize("spec", in_order(), ids=lambda spec: spec.name)
@given(ids=label_maps, done=st.booleans())
def test_every_check_only_looks(spec, ids: np.ndarray, done: bool) -> None:
    seen = subject(ids, done=done)
    before = seen.label_map.copy()
    for finding in spec.find(seen, spec.options()):
        inside = finding.rect.intersect(Rect.of_shape(ids.shape))
        assert finding.check == spec.name and finding.text
        assert inside == finding.rect and not inside.empty
        assert 0 < finding.pixels <= inside.height * inside.width
    assert seen.label_map.equals(before)


@pytest.mark.parametrize("spec", in_order(), ids=lambda spec: spec.name)
def test_a_remedy_has_a_name_and_a_way(spec) -> None:
    assert bool(spec.remedy) == (spec.mend is not None)
