"""What becomes of a frame in which there is nothing to label."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segstudio.core.emptiness import emptied, kept
from segstudio.core.label_map import VOID, LabelMap, Provenance

shapes = arrays.array_shapes(min_dims=2, max_dims=2, max_side=8)
fills = st.sampled_from([0, 1, VOID])


@st.composite
def label_maps(draw: st.DrawFn) -> LabelMap:
    shape = draw(shapes)
    ids = draw(arrays.arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, VOID])))
    decided = draw(arrays.arrays(np.uint8, shape, elements=st.integers(0, 2)))
    return LabelMap(ids, decided)


@given(label_maps(), fills)
def test_all_that_no_human_decided_becomes_the_fill(label_map: LabelMap, fill: int) -> None:
    edit = emptied(label_map, fill)
    human = label_map.human()
    by = Provenance.NOBODY if fill == VOID else Provenance.HUMAN
    if edit is None:
        assert (label_map.ids[~human] == fill).all()
        assert (label_map.provenance[~human] == by).all()
        return
    assert edit.mask.any() and not edit.mask[human].any()
    label_map.ids[edit.mask] = edit.ids
    label_map.provenance[edit.mask] = edit.provenance
    assert (label_map.ids[~human] == fill).all()
    assert emptied(label_map, fill) is None


@given(label_maps(), fills, st.sampled_from([(), (0,), (1, 2)]))
def test_a_humans_pixels_and_locked_ones_are_kept(label_map, fill, locked) -> None:
    expected = {
        int(value)
        for value, decided in zip(label_map.ids.flat, label_map.provenance.flat, strict=True)
        if value not in (VOID, fill) and (decided == Provenance.HUMAN or value in locked)
    }
    assert set(kept(label_map, fill, locked).tolist()) == expected
