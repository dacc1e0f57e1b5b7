"""Copying labels to another frame, pixel by pixel."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.carrying import carried
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, LabelMap, Provenance

SHAPE = (4, 5)
NOBODY, MODEL, HUMAN = map(int, Provenance)
pixels = st.sampled_from(
    [(VOID, NOBODY), (VOID, HUMAN), (0, MODEL), (1, MODEL), (0, HUMAN), (1, HUMAN)]
)
maps = st.lists(pixels, min_size=20, max_size=20).map(
    lambda drawn: LabelMap(
        *(np.array(p, np.uint8).reshape(SHAPE) for p in zip(*drawn, strict=True))
    )
)


def expected(there: tuple[int, int], here: tuple[int, int], over_all: bool) -> tuple[int, int]:
    """What becomes of a pixel, as the rule reads."""
    if there[0] == VOID:
        return here
    if over_all:
        return here if (there[1], here[1]) == (MODEL, HUMAN) else there
    return there if here == (VOID, NOBODY) else here


@given(maps, maps, st.booleans())
def test_a_copy_is_the_rule_asked_pixel_by_pixel_and_undone_exactly(
    other: LabelMap, labels: LabelMap, over_all: bool
) -> None:
    before, source = labels.copy(), other.copy()
    document = Document(Frame("frame", np.zeros((*SHAPE, 3), np.uint8)), labels)
    document.begin("Copy", protected=True)
    document.apply(carried(other, labels, over_all=over_all))
    changed = document.commit() is not None
    for at in np.ndindex(SHAPE):
        there = int(source.ids[at]), int(source.provenance[at])
        here = int(before.ids[at]), int(before.provenance[at])
        now = int(labels.ids[at]), int(labels.provenance[at])
        assert now == expected(there, here, over_all)
    if changed:
        document.undo()
    assert labels.equals(before) and other.equals(source)
