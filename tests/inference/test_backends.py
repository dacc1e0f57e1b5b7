"""Every way of computing a forward pass says what PyTorch says."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from segstudio.inference.backends import onnx_file
from segstudio.inference.backends.cuda_graph import CudaGraph
from segstudio.inference.backends.eager import Eager
from segstudio.inference.backends.onnx_runtime import OnnxRuntime
from segstudio.inference.backends.openvino import OpenVino
from segstudio.inference.backends.spec import Backend, BackendError, Job, versions
from segstudio.inference.device import Device, fast_type
from segstudio.models.checkpoint import Checkpoint

Tiny = Callable[..., Checkpoint]
SHAPE = (1, 3, 37, 45)


class Foreign(nn.Module):
    """What no exporter has words for."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.linalg.eigvals(x[..., :30, :30]).real.sum() + x


def skip_without(backend: Backend) -> None:
    if not backend.version():
        pytest.skip(f"{backend.name} is not installed, or this CPU cannot run it")


def job(network: nn.Module, folder: Path) -> Job:
    return Job(network, SHAPE, folder / "network.onnx", 1)


def picture(seed: int = 0) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def exported(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """One network for all backends that read its file: an export takes seconds."""
    return job(tiny().build(), tmp_path_factory.mktemp("exported"))


@pytest.mark.parametrize("backend", [Eager(), OpenVino(), OnnxRuntime()], ids=lambda b: b.name)
def test_logits_are_those_of_pytorch(backend: Backend, exported: Job) -> None:
    skip_without(backend)
    forward = backend.make(exported)
    with torch.inference_mode():
        for seed in range(2):
            x = picture(seed)
            assert torch.allclose(forward(x), exported.network(x), atol=1e-4)


@pytest.mark.parametrize("backend", [Eager(half=True), OpenVino(half=True)], ids=lambda b: b.name)
def test_half_precision_comes_close_where_the_cpu_has_it(
    backend: Backend, tiny: Tiny, tmp_path: Path
) -> None:
    skip_without(backend)
    network = tiny().build()
    x = picture()
    with torch.inference_mode():
        found, wanted = backend.make(job(network, tmp_path))(x), network(x)
    assert found.dtype == torch.float32
    assert (found.argmax(1) == wanted.argmax(1)).float().mean() > 0.97


@pytest.mark.parametrize("backend", [OpenVino(), OnnxRuntime()], ids=lambda b: b.name)
def test_what_cannot_be_exported_is_said(backend: Backend, tmp_path: Path) -> None:
    skip_without(backend)
    with pytest.raises(BackendError, match="cannot be exported to ONNX"):
        backend.make(job(Foreign(), tmp_path))


@pytest.mark.parametrize("backend", [OpenVino(), OnnxRuntime()], ids=lambda b: b.name)
def test_a_damaged_file_is_said(backend: Backend, tiny: Tiny, tmp_path: Path) -> None:
    skip_without(backend)
    wanted = job(tiny().build(), tmp_path)
    wanted.file.write_bytes(b"no network")
    with pytest.raises(BackendError, match="is not read by"):
        backend.make(wanted)


def test_an_export_is_made_once(exported: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in (OpenVino(), OnnxRuntime()):
        skip_without(backend)
        backend.make(exported)
        monkeypatch.setattr(onnx_file, "_export", lambda _job: pytest.fail("exported again"))


def test_what_is_not_installed_has_no_version() -> None:
    assert versions("torch").startswith("torch ")
    assert versions("torch", "there-is-no-such-package") == ""


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA card")
def test_a_cuda_graph_repeats_the_forward_pass(tiny: Tiny) -> None:
    network = tiny().build().cuda().to(memory_format=torch.channels_last)
    half = fast_type(Device("cuda:0", ""))

    def forward(x: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cuda", half, cache_enabled=False):
            return network(x)

    pictures = [
        picture(seed).cuda().contiguous(memory_format=torch.channels_last) for seed in (1, 2)
    ]
    with torch.inference_mode():
        graph = CudaGraph(forward, pictures[0])
        for x in pictures:
            assert torch.allclose(graph(x), forward(x), atol=1e-2)
