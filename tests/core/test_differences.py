"""Differences between labels and model, held against a plain search pixel by pixel."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.differences import (
    Comparison,
    Difference,
    Differences,
    decide,
    find_differences,
)
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.protection import Protection
from segstudio.core.rect import Rect

SHAPE = (5, 6)
SIZE = SHAPE[0] * SHAPE[1]
CLASSES = ClassTable.of_names(["road", "car", "tree"])
HUMAN, MODEL = int(Provenance.HUMAN), int(Provenance.MODEL)


def planes(*values: int) -> st.SearchStrategy[Ids]:
    return st.lists(st.sampled_from(values), min_size=SIZE, max_size=SIZE).map(
        lambda drawn: np.array(drawn, np.uint8).reshape(SHAPE)
    )


ids = planes(0, 1, VOID)
maps = st.builds(LabelMap, ids, planes(0, 1, 2))
comparisons = st.builds(Comparison, maps, ids, ids, maps)


def asked(comparison: Comparison, y: int, x: int) -> tuple[int, int] | None:
    """What would become of a pixel, as the rule reads; None where it is not asked for."""
    labels, known = comparison.labels, comparison.known
    mine = labels.provenance[y, x] == HUMAN
    now, new = labels.ids[y, x], (comparison.network if mine else comparison.composed)[y, x]
    old = known.provenance[y, x] == HUMAN and known.ids[y, x] == now
    return (int(now), int(new)) if new not in (now, VOID) and (old or not mine) else None


def plain_regions(comparison: Comparison) -> set[frozenset[tuple[int, int]]]:
    """The pixels of every region, by a flood that any reader can follow."""
    left = {(y, x) for y in range(SHAPE[0]) for x in range(SHAPE[1]) if asked(comparison, y, x)}
    regions = set()
    while left:
        region, border = set(), [left.pop()]
        while border:
            y, x = border.pop()
            region.add((y, x))
            beside = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            same = {at for at in beside if asked(comparison, *at) == asked(comparison, y, x)}
            border += same
            left -= same
        regions.add(frozenset(region))
    return regions


def search(comparison: Comparison, least: int = 1) -> Differences:
    sureness = np.linspace(0, 1, SIZE, dtype=np.float32).reshape(SHAPE)
    return find_differences(comparison, sureness, least)


def pixels(found: Differences, region: Difference) -> frozenset[tuple[int, int]]:
    rows, columns = np.nonzero(found.mask(region))
    return frozenset(
        zip((rows + region.rect.top).tolist(), (columns + region.rect.left).tolist(), strict=True)
    )


def opened(comparison: Comparison) -> Document:
    frame = Frame("frame", np.zeros((*SHAPE, 3), np.uint8))
    return Document(frame, comparison.labels, CLASSES)


def answer(
    document: Document, comparison: Comparison, found: Differences, region: Difference, yes: bool
) -> None:
    edit = decide(comparison, found.codes, region.rect, found.mask(region), accept=yes)
    document.begin("Answer", protected=True)
    document.apply(edit)
    document.commit()


@given(comparisons)
def test_regions_are_those_of_a_plain_search(comparison: Comparison) -> None:
    found = search(comparison)
    assert {pixels(found, region) for region in found.regions} == plain_regions(comparison)
    for region in found.regions:
        mine = pixels(found, region)
        rows, columns = zip(*mine, strict=True)
        assert region.area == len(mine) and min(mine) == region.first
        edges = Rect(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
        assert region.rect == edges
        assert {asked(comparison, *at) for at in mine} == {(region.now, region.suggested)}
        assert region.by_human == sum(comparison.labels.provenance[at] == HUMAN for at in mine)
        mean = np.mean([(y * SHAPE[1] + x) / (SIZE - 1) for y, x in mine])
        assert abs(region.sureness - mean) < 1e-5


@given(comparisons, st.integers(1, 6))
def test_the_largest_come_first_and_small_ones_are_left_out(
    comparison: Comparison, least: int
) -> None:
    areas = [region.area for region in search(comparison, least).regions]
    everything = [region.area for region in search(comparison).regions]
    assert areas == sorted(areas, reverse=True)
    assert areas == [area for area in everything if area >= least]


@given(comparisons)
def test_the_mask_of_all_is_all_masks(comparison: Comparison) -> None:
    found = search(comparison)
    some = found.regions[::2]
    together = frozenset(map(tuple, np.argwhere(found.mask_of_all(some)).tolist()))
    assert together == frozenset().union(*(pixels(found, region) for region in some))


@given(comparisons, st.booleans(), st.data())
def test_an_answer_changes_its_region_alone_and_is_undone_to_the_byte(
    comparison: Comparison, yes: bool, data: st.DataObject
) -> None:
    found = search(comparison)
    if not found.regions:
        return
    region = data.draw(st.sampled_from(found.regions))
    document, before = opened(comparison), comparison.labels.copy()
    answer(document, comparison, found, region, yes)
    mask = np.zeros(SHAPE, np.bool_)
    mask[region.rect.slices] = found.mask(region)
    now = document.label_map
    assert (now.ids[mask] == (region.suggested if yes else region.now)).all()
    assert (now.provenance[mask] == HUMAN).all()
    assert (now.ids[~mask] == before.ids[~mask]).all()
    assert (now.provenance[~mask] == before.provenance[~mask]).all()
    if document.history.undo_name:
        document.undo()
    assert now.equals(before)


@given(comparisons, st.booleans())
def test_an_answered_region_is_not_asked_for_again(comparison: Comparison, yes: bool) -> None:
    found = search(comparison)
    document, settled = opened(comparison), comparison
    for region in found.regions:
        answer(document, comparison, found, region, yes)
        settled = settled.settled(region.rect, found.mask(region))
    assert search(settled).regions == ()


@given(comparisons, planes(0, 1, VOID), st.booleans())
def test_pixels_that_changed_after_the_search_are_left_alone(
    comparison: Comparison, later: Ids, yes: bool
) -> None:
    found = search(comparison)
    changed = later != comparison.labels.ids
    comparison.labels.ids[changed] = later[changed]
    document, before = opened(comparison), comparison.labels.copy()
    for region in found.regions:
        answer(document, comparison, found, region, yes)
    assert (document.label_map.ids[changed] == before.ids[changed]).all()
    assert (document.label_map.provenance[changed] == before.provenance[changed]).all()


@given(comparisons, st.sampled_from([0, 1]))
def test_locked_classes_and_rules_keep_their_pixels(comparison: Comparison, locked: int) -> None:
    found = search(comparison)
    document, before = opened(comparison), comparison.labels.copy()
    document.classes = CLASSES.changed(locked, locked=True)
    document.protection = Protection(over="void")
    for region in found.regions:
        answer(document, comparison, found, region, yes=True)
    kept = before.ids != VOID
    assert (document.label_map.ids[kept] == before.ids[kept]).all()
    assert (document.label_map.provenance[kept] == before.provenance[kept]).all()
    document.protection = Protection()
    for region in found.regions:
        answer(document, comparison, found, region, yes=True)
    assert ((document.label_map.ids == locked) >= (before.ids == locked)).all()


def test_what_the_human_painted_after_the_prediction_is_no_question() -> None:
    network = np.ones(SHAPE, np.uint8)
    known = LabelMap(network.copy(), np.full(SHAPE, MODEL, np.uint8))
    labels = known.copy()
    labels.ids[:3], labels.provenance[:3] = 0, HUMAN
    assert search(Comparison(labels, network, network, known)).regions == ()
    (region,) = search(Comparison(labels, network, network, labels.copy())).regions
    assert (region.now, region.suggested, region.area) == (0, 1, 3 * SHAPE[1])
