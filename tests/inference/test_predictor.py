from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.core.errors import SegStudioError
from segstudio.inference import predictor as module
from segstudio.inference.device import Device
from segstudio.inference.gathering import most_probable
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint as checkpoints
from segstudio.models.checkpoint import Checkpoint

Tiny = Callable[..., Checkpoint]


@pytest.fixture(scope="module")
def colour(tiny: Tiny) -> Predictor:
    return Predictor(tiny(), "cpu", precision="fp32")


def noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    values = np.random.default_rng(0).random(shape) * 255
    return values.astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float16])
@pytest.mark.parametrize("shape", [(1, 1), (1, 37), (29, 1, 1), (30, 31, 3), (9, 8, 4)])
def test_any_picture_gives_probabilities(colour: Predictor, dtype: type, shape: tuple):
    result = colour.predict(noise(*shape, dtype=dtype))
    assert result.values.shape == (3, *shape[:2])
    assert result.values.dtype == np.float32
    assert np.allclose(result.values.sum(axis=0), 1, atol=1e-5)
    assert result.classes.names == ("sky", "road", "car")


def test_colour_pictures_suit_a_grey_network(tiny: Tiny):
    assert Predictor(tiny(channels=1), "cpu").predict(noise(20, 30, 3)).shape == (20, 30)


def test_missing_values_do_not_spread(colour: Predictor):
    picture = noise(40, 40, dtype=np.float32)
    picture[3, 3] = np.nan
    assert np.isfinite(colour.predict(picture).values).all()


def test_a_file_is_as_good_as_what_it_holds(colour: Predictor, tiny: Tiny, tmp_path: Path):
    checkpoints.save(tiny(), tmp_path / "a.safetensors")
    from_file = Predictor(tmp_path / "a.safetensors", "cpu", precision="fp32")
    picture = noise(33, 20, 3)
    assert np.array_equal(from_file.predict(picture).values, colour.predict(picture).values)


@pytest.mark.parametrize("size", [(150, 131), (33, 260)])
@pytest.mark.parametrize("upsampling", ["transposed", "bilinear+conv"])
def test_tiles_of_a_unet_equal_the_whole(
    size: tuple, upsampling: str, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
):
    predictor = Predictor(tiny(upsampling=upsampling), "cpu", precision="fp32")
    picture = noise(*size, 3)
    whole = predictor.predict(picture)
    monkeypatch.setattr(module, "WHOLE_PIXELS", 1000)
    monkeypatch.setattr(module, "_EDGES", (96,))
    reports = list(predictor.steps(picture))
    assert len(reports) > 3
    assert np.abs(reports[-1].payload.values - whole.values).max() < 1e-5


def test_tiles_of_a_network_that_sees_everything_come_close(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
):
    predictor = Predictor(tiny("deeplabv3_resnet50", auxiliary=False), "cpu")
    monkeypatch.setattr(module, "WHOLE_PIXELS", 1000)
    values = predictor.predict(noise(70, 300, 3)).values
    assert np.allclose(values.sum(axis=0), 1, atol=1e-4)


@pytest.mark.parametrize("whole", [10**6, 1000], ids=["whole", "tiles"])
@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("name", ["unet", "deeplabv3_resnet50"])
def test_labels_are_the_most_probable_classes(
    name: str, scale: float, whole: int, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
):
    predictor = Predictor(replace(tiny(name), scale=scale), "cpu", precision="fp32")
    monkeypatch.setattr(module, "WHOLE_PIXELS", whole)
    monkeypatch.setattr(module, "_EDGES", (96,))
    picture = noise(70, 131, 3)
    labels = predictor.labels(picture)
    assert labels.dtype == np.uint8
    assert np.mean(labels == predictor.predict(picture).ids()) > 0.9999


def test_the_first_of_equals_is_the_most_probable():
    logits = torch.tensor([[1.0, 2.0, 0.0], [1.0, 3.0, 5.0], [0.0, 3.0, 5.0]])[:, None]
    assert most_probable(logits.expand(3, 100, 3)).unique(dim=0).tolist() == [[0, 1, 1]]
    channels_last = torch.randn(1, 300, 7, 5).contiguous(memory_format=torch.channels_last)
    few = channels_last[0, :255]
    assert torch.equal(most_probable(few), few.argmax(dim=0).to(torch.uint8))


def test_threads_are_set_for_the_prediction_alone(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    before = torch.get_num_threads()
    predictor = Predictor(tiny(), "cpu", threads=before + 1)
    seen = []
    inside = predictor.runner.network.forward
    monkeypatch.setattr(
        predictor.runner.network,
        "forward",
        lambda x: (seen.append(torch.get_num_threads()), inside(x))[1],
    )
    predictor.predict(noise(8, 8))
    assert seen == [before + 1]
    assert torch.get_num_threads() == before


def starve(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch, most: int, error: Exception, kind: str
) -> None:
    """Let the network fail on this kind of device above so many pixels."""
    run = predictor._run

    def limited(unit: np.ndarray) -> torch.Tensor:
        if predictor.device.kind == kind and unit[0].size > most:
            raise error
        return run(unit)

    monkeypatch.setattr(predictor, "_run", limited)


def test_little_memory_means_smaller_tiles_said_aloud(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    predictor = Predictor(tiny(), "cpu", precision="fp32")
    picture = noise(300, 290, 3)
    whole = predictor.predict(picture).values
    error = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
    starve(predictor, monkeypatch, 256 * 256, error, "cpu")
    assert np.abs(predictor.predict(picture).values - whole).max() < 1e-5
    assert any("too little memory" in note for note in predictor.notes)


def test_a_full_gpu_means_the_cpu_said_aloud(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    predictor = Predictor(tiny(), "cpu")
    predictor.runner.device = Device("cuda:0", "a card")
    starve(predictor, monkeypatch, 0, torch.OutOfMemoryError("CUDA out of memory"), "cuda")
    assert predictor.predict(noise(30, 30)).shape == (30, 30)
    assert predictor.device.kind == "cpu"
    assert "predicting on the CPU" in predictor.notes[-1]


def test_no_memory_at_all_is_told(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    predictor = Predictor(tiny(), "cpu")
    starve(predictor, monkeypatch, 0, MemoryError(), "cpu")
    with pytest.raises(SegStudioError, match="30x20 pixels: does not fit the memory"):
        predictor.predict(noise(20, 30))


def test_other_errors_are_not_swallowed(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    predictor = Predictor(tiny(), "cpu")
    starve(predictor, monkeypatch, 0, RuntimeError("a mistake"), "cpu")
    with pytest.raises(RuntimeError, match="a mistake"):
        predictor.predict(noise(20, 30))
