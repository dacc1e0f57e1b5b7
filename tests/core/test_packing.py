"""Tiles are packed beside a wide stroke, by a thread that goes with it."""

import threading

import numpy as np

from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.history import TILE, raw_tile
from segstudio.core.label_map import LabelMap
from segstudio.core.packing import Packing
from segstudio.core.rect import Rect

SIDE = 7 * TILE + 9


def noisy() -> Document:
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 5, (SIDE, SIDE)).astype(np.uint8)
    return Document(Frame("wide", np.zeros((SIDE, SIDE), np.uint8)), LabelMap(ids, ids // 2))


def paint(document: Document) -> None:
    """A stroke over all tiles, in patches as brushes make them."""
    for top in range(0, SIDE, TILE):
        band = Rect(top, 0, min(SIDE, top + TILE), SIDE)
        document.apply(Edit(band, np.ones((band.height, SIDE), np.bool_), 3))


def packers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("packing")]


def test_a_wide_stroke_is_undone_to_the_byte_and_leaves_no_thread() -> None:
    document = noisy()
    before = document.label_map.copy()
    document.begin("Brush")
    paint(document)
    assert packers()
    document.commit()
    assert not packers()
    document.undo()
    assert document.label_map.equals(before)


def test_so_is_one_that_is_rolled_back() -> None:
    document = noisy()
    before = document.label_map.copy()
    document.begin("Brush")
    paint(document)
    document.rollback()
    assert not packers()
    assert document.label_map.equals(before)


def test_a_dab_needs_no_thread() -> None:
    packing = Packing()
    label_map = noisy().label_map
    packing.add({(0, 0): raw_tile(label_map, (0, 0))})
    assert not packers()
    (state,) = packing.packed([(0, 0)])
    packing.close()
    blank = LabelMap.blank(label_map.shape)
    assert state.write_to(blank) == Rect(0, 0, TILE, TILE)
    assert raw_tile(blank, (0, 0)) == raw_tile(label_map, (0, 0))
