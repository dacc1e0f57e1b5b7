import pytest
import torch

from segstudio.core.errors import SegStudioError
from segstudio.inference import device as devices


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "12.4")


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    class Properties:
        total_memory = 24 * 2**30

    monkeypatch.setattr(torch.version, "cuda", "12.4")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: Properties)


@pytest.mark.usefixtures("no_gpu")
def test_auto_says_why_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch):
    assert devices.choose() == devices.Device("cpu", "CPU: PyTorch finds no CUDA device")
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.version, "hip", None)
    assert "built without CUDA" in devices.choose("auto").reason


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_is_preferred_and_named():
    assert devices.choose() == devices.Device("cuda:0", "Card 0, 24 GiB")
    assert devices.choose("cuda:1").reason == "Card 1, 24 GiB"
    assert devices.choose("cpu").kind == "cpu"
    with pytest.raises(SegStudioError, match="finds 2 CUDA devices"):
        devices.choose("cuda:2")


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("name", ["cuda", "cuda:3", "mps", "tpu", "cuda:x", "cpu:1", ""])
def test_what_is_not_there_is_refused_with_a_way_out(name: str):
    with pytest.raises(SegStudioError) as caught:
        devices.choose(name)
    assert "cpu" in caught.value.remedy
