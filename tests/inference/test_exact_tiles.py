"""Networks with a finite field: tiles put together are the whole picture's answer."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.inference import predictor as module
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import Checkpoint

Tiny = Callable[..., Checkpoint]
# Long enough, beside its stated field, for several tiles.
LONGEST = {"segnet": 650, "segnet_basic": 350}


def half_flat(height: int, width: int, flat: int) -> np.ndarray:
    """Noise whose right part is saturated: all of its maxima are ties."""
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    picture[:, flat:] = 255
    return picture


@pytest.mark.parametrize("name", LONGEST)
@settings(max_examples=5)
@given(data=st.data())
def test_tiles_of_a_segnet_equal_the_whole(name: str, tiny: Tiny, data: st.DataObject):
    longest = LONGEST[name]
    short, flat = data.draw(st.integers(1, 70)), data.draw(st.integers(0, longest))
    long = data.draw(st.integers(longest - 100, longest))
    picture = half_flat(short, long, flat)
    if data.draw(st.booleans()):
        picture = picture.swapaxes(0, 1)
    predictor = Predictor(tiny(name, width=16), "cpu", precision="fp32")
    whole = predictor.predict(picture)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WHOLE_PIXELS", 0)
        patch.setattr(module, "_EDGES", (96,))
        reports = list(predictor.steps(picture))
    assert len(reports) > 2
    assert np.abs(reports[-1].payload.values - whole.values).max() < 1e-5
