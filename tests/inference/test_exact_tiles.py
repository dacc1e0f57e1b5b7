"""Networks with a finite field: tiles put together are the whole picture's answer."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from segstudio import models
from segstudio.core.options import describe
from segstudio.inference import predictor as module
from segstudio.inference import tiling
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import Checkpoint

Tiny = Callable[..., Checkpoint]
# Whatever an architecture has of these is made small: exactness does not depend on it.
SMALL = {"width": 4, "depth": 2}
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


def small_options(name: str) -> dict[str, object]:
    known = {option.name: option for option in describe(models.spec(name).options)}
    return {
        key: max(value, int(known[key].minimum or value))
        for key, value in SMALL.items()
        if key in known
    }


def finite() -> list[tuple[str, dict[str, object]]]:
    """All architectures with a finite field, with each way of upsampling that they have."""
    found = []
    for name in models.names():
        options = small_options(name)
        known = {option.name: option for option in describe(models.spec(name).options)}
        ways = known["upsampling"].choices if "upsampling" in known else ()
        choices = [{**options, "upsampling": how} for how in ways] or [options]
        found += [
            (name, chosen)
            for chosen in choices
            if models.spec(name).geometry(**chosen).receptive_field is not None
        ]
    return found


def as_if_trained(network: nn.Module) -> nn.Module:
    """Statistics and scales that differ between channels, as those of a trained network do."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean, std=0.3)
            nn.init.uniform_(layer.running_var, 0.3, 1.5)
            nn.init.uniform_(layer.weight, 0.5, 2.0)
            nn.init.normal_(layer.bias, std=0.3)
    return network.eval()


@pytest.mark.parametrize("upright", [False, True], ids=["wide", "high"])
@pytest.mark.parametrize(
    ("name", "options"),
    finite(),
    ids=lambda value: value if isinstance(value, str) else str(value.get("upsampling", "")),
)
def test_tiles_of_every_finite_field_equal_the_whole(
    name: str, options: dict[str, object], upright: bool
):
    torch.manual_seed(0)
    network = as_if_trained(models.create(name, classes=3, channels=1, **options))
    geometry = models.spec(name).geometry(**options)
    assert geometry.receptive_field is not None
    halo, grid = geometry.receptive_field // 2, geometry.alignment
    # The smallest tile there can be, some steps on the grid, and a rest.
    shape = (21, 2 * halo + 5 * grid + 5)
    picture = np.random.default_rng(0).random((1, *(shape[::-1] if upright else shape)), np.float32)
    padded = tiling.mirrored(picture, grid, geometry.minimum_size)
    tiles = tiling.exact_tiles((padded.shape[1], padded.shape[2]), 1, halo, grid)
    assert len(tiles) > 2
    canvas = tiling.Canvas(3, (padded.shape[1], padded.shape[2]))
    for tile in tiles:
        canvas.add(tile, _logits(network, padded[:, *tile.rect.slices]))
    put_together = canvas.result()[:, : picture.shape[1], : picture.shape[2]]
    whole = _logits(network, picture)
    assert whole.std() > 1e-2, "the answer differs between pixels"
    assert np.abs(put_together - whole).max() < 1e-5 * max(1, np.abs(whole).max())


def _logits(network: nn.Module, planes: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return network(torch.from_numpy(np.ascontiguousarray(planes))[None])[0].numpy()
