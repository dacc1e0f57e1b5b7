"""The quickest backend that agrees is chosen, once, and whatever is wrong with it is survived."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from segstudio.core.resources import resource
from segstudio.inference import choice as module
from segstudio.inference import running
from segstudio.inference.backends.onnx_runtime import OnnxRuntime
from segstudio.inference.backends.openvino import OpenVino
from segstudio.inference.backends.spec import BackendError, Forward, Job
from segstudio.inference.choice import EAGER, Choice
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import Checkpoint, load
from segstudio.samples import scenes

Tiny = Callable[..., Checkpoint]
PICTURE = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)


@dataclass(eq=False)
class Pretended:
    """A backend that is as quick, as exact and as healthy as a test wants it."""

    name: str = "Pretended"
    wrong: float = 0.0
    unfit: bool = False
    breaks: bool = False
    made: int = 0

    def version(self) -> str:
        return "pretended 1"

    def make(self, job: Job) -> Forward:
        if self.unfit:
            raise BackendError("network", "cannot be exported")
        self.made += 1
        job.file.parent.mkdir(parents=True, exist_ok=True)
        job.file.write_bytes(b"exported")
        eager = EAGER.make(job)

        def forward(x: Tensor) -> Tensor:
            if self.breaks:
                raise BackendError(self.name, "failed")
            logits = eager(x).clone()
            columns = round(logits.shape[-1] * self.wrong)
            logits[..., :columns] = logits[..., :columns].neg()
            return logits

        return forward


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for each test, and every network slow enough to be measured."""
    monkeypatch.setenv("SEGSTUDIO_CACHE", str(tmp_path))
    monkeypatch.setattr(running, "_QUICK_SECONDS", 0.0)
    return tmp_path / "backends"


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pretended]:
    """``pretend(share=0.5, wrong=...)``: the one backend beside PyTorch."""

    def make(share: float = 0.5, **traits: object) -> Pretended:
        backend = Pretended(**traits)
        monkeypatch.setattr(module, "BACKENDS", (EAGER, backend))
        monkeypatch.setattr(module, "_share", lambda _run, _reference: share)
        return backend

    return make


def chosen(predictor: Predictor) -> Choice:
    return chosen_for(predictor, PICTURE)


def chosen_for(predictor: Predictor, picture: np.ndarray) -> Choice:
    *_, last = predictor.choose_backend(picture)
    assert isinstance(last.payload, Choice)
    return last.payload


def test_a_quicker_backend_is_used_from_then_on(tiny: Tiny, pretend: Callable) -> None:
    backend, predictor = pretend(), Predictor(tiny(), "cpu")
    before = predictor.labels(PICTURE)
    assert predictor.backend == "PyTorch"
    assert predictor.place.label == "CPU"
    assert chosen(predictor) == Choice("Pretended", {"Pretended": 0.5}, {"Pretended": 1.0})
    assert np.array_equal(predictor.labels(PICTURE), before)
    assert predictor.backend == "Pretended"
    assert predictor.place.label == "CPU · Pretended"
    assert "quickest" in predictor.place.reason
    predictor.labels(PICTURE)
    assert backend.made == 2  # once to measure it, once to use it


def test_the_choice_is_remembered_for_the_checkpoint_and_the_size(
    tiny: Tiny, pretend: Callable
) -> None:
    pretend()
    chosen(Predictor(tiny(), "cpu"))
    again = Predictor(tiny(), "cpu")
    again.labels(PICTURE)
    assert again.backend == "Pretended"
    again.labels(PICTURE[:-1])
    assert again.backend == "PyTorch"
    other = tiny()
    other = replace(other, state={k: v.clone() for k, v in other.state.items()})
    other.state["head.bias"] += 1
    for stranger in (Predictor(other, "cpu"), Predictor(tiny(), "cpu", threads=3)):
        stranger.labels(PICTURE)
        assert stranger.backend == "PyTorch"


@pytest.mark.parametrize("traits", [{"share": 0.95}, {"wrong": 0.1}, {"unfit": True}], ids=str)
def test_pytorch_stays_where_nothing_is_gained_or_labels_differ(
    traits: dict, tiny: Tiny, pretend: Callable, cache: Path
) -> None:
    pretend(**traits)
    predictor = Predictor(tiny(), "cpu")
    choice = chosen(predictor)
    assert choice.backend == "PyTorch"
    assert ("Pretended" in choice.left_out) == ("unfit" in traits)
    assert not list(cache.glob("*.onnx"))
    for _ in range(2):
        predictor.labels(PICTURE)
    assert predictor.backend == "PyTorch"
    assert not predictor.unmeasured


def test_a_slow_size_that_comes_twice_is_worth_a_measurement(
    tiny: Tiny, pretend: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend()
    predictor, asked = Predictor(tiny(), "cpu"), []
    for image in (PICTURE, PICTURE[:-1], PICTURE[:-1]):
        predictor.labels(image)
        asked.append(predictor.unmeasured)
    assert asked == [False, False, True]
    monkeypatch.setattr(running, "_QUICK_SECONDS", 60.0)
    assert not predictor.unmeasured
    monkeypatch.setattr(running, "_QUICK_SECONDS", 0.0)
    monkeypatch.setattr(module, "BACKENDS", (EAGER,))
    alone = Predictor(tiny(), "cpu")
    for _ in range(2):
        alone.labels(PICTURE)
    assert not alone.unmeasured


@pytest.mark.parametrize("text", ["", "[]", "{", '{"backend": ["PyTorch"]}', '{"backend": "X"}'])
def test_a_broken_note_is_measured_anew(
    text: str, tiny: Tiny, pretend: Callable, cache: Path
) -> None:
    pretend()
    chosen(Predictor(tiny(), "cpu"))
    (note,) = cache.glob("*.json")
    note.write_text(text)
    predictor = Predictor(tiny(), "cpu")
    for _ in range(2):
        predictor.labels(PICTURE)
    assert predictor.backend == "PyTorch"
    assert predictor.unmeasured
    chosen(predictor)
    assert json.loads(note.read_text())["backend"] == "Pretended"


@pytest.mark.parametrize("trait", ["unfit", "breaks"])
def test_a_backend_that_fails_later_gives_way_to_pytorch(
    trait: str, tiny: Tiny, pretend: Callable, cache: Path
) -> None:
    backend, predictor = pretend(), Predictor(tiny(), "cpu")
    expected = predictor.labels(PICTURE)
    chosen(predictor)
    setattr(backend, trait, True)
    assert np.array_equal(predictor.labels(PICTURE), expected)
    assert predictor.backend == "PyTorch"
    assert not list(cache.glob("*"))


def test_float32_means_pytorch(tiny: Tiny, pretend: Callable) -> None:
    pretend()
    chosen(Predictor(tiny(), "cpu"))
    exact = Predictor(tiny(), "cpu", precision="fp32")
    exact.labels(PICTURE)
    assert exact.backend == "PyTorch"


def test_old_exports_make_room(
    tiny: Tiny, pretend: Callable, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend()
    monkeypatch.setattr(module, "_MOST_BYTES", 20)
    predictor = Predictor(tiny(), "cpu")
    for width in (30, 31, 32, 33):
        list(predictor.choose_backend(PICTURE.repeat(2, axis=1)[:, :width]))
        time.sleep(0.01)
    assert sorted(path.stem.split("-")[1] for path in cache.glob("*.onnx")) == ["32x24", "33x24"]


def test_a_cache_that_cannot_be_written_costs_the_memory_alone(
    tiny: Tiny, pretend: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SEGSTUDIO_CACHE", str(tmp_path / "file"))
    pretend(unfit=True)
    predictor = Predictor(tiny(), "cpu")
    assert chosen(predictor).backend == "PyTorch"
    assert predictor.labels(PICTURE).shape == PICTURE.shape[:2]


def test_shares_are_of_times_in_turn() -> None:
    order: list[str] = []
    share = module._share(lambda: order.append("ours"), lambda: order.append("theirs"))
    assert share > 0
    assert order == ["ours", "theirs"] * 3


def test_trained_weights_agree_with_pytorch() -> None:
    backends = [backend for backend in (OpenVino(), OnnxRuntime()) if backend.version()]
    if not backends:
        pytest.skip("neither OpenVINO nor ONNX Runtime is installed")
    checkpoint = load(resource("starters", "scenes.safetensors"))
    predictor = Predictor(checkpoint, "cpu")
    choice = chosen_for(predictor, scenes.draw_scene(77, 0).picture[:192, :256])
    assert set(choice.agreement) >= {backend.name for backend in backends}
    assert min(choice.agreement.values()) >= module.LEAST_AGREEMENT
