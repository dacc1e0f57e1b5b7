"""What a network's logits see, measured; a server on this machine in place of the publishers'."""

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from segstudio import models


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Its address, and the folder that it serves."""
    root = tmp_path / "served"
    root.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(root))

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}", root
        httpd.shutdown()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where downloads of this test are kept."""
    monkeypatch.setenv("SEGSTUDIO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


@pytest.fixture
def measured_reach() -> Callable[..., int]:
    """``measured_reach(name, **options)``: how far the farthest pixel lies that a logit sees."""

    def measure(name: str, **options: object) -> int:
        geometry = models.spec(name).geometry(**options)
        assert geometry.receptive_field is not None
        grid = geometry.alignment
        edge = -(-2 * geometry.receptive_field // grid) * grid
        module = models.create(name, classes=2, channels=1, width=4, **options).eval()
        _let_every_path_through(module)
        reach = 0
        for shape in ((grid, edge), (edge, grid)):
            picture = torch.ones(1, 1, *shape, requires_grad=True)
            logits = module(picture).sum(dim=(0, 1, 2 if shape[1] == edge else 3))
            # The grid shifts what a pixel sees: try one of each kind.
            for centre in range(edge // 2, edge // 2 + grid):
                (seen,) = torch.autograd.grad(logits[centre], picture, retain_graph=True)
                places = seen[0, 0].abs().sum(dim=0 if shape[1] == edge else 1).nonzero()
                reach = max(reach, int((places - centre).abs().max()))
        return reach

    return measure


def _let_every_path_through(module: nn.Module) -> None:
    """Positive weights and mean pooling keep every path alive, so that the field shows whole."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d):
                setattr(parent, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
    for parameter in module.parameters():
        # The mean of what a sum is made of: maps keep their scale.
        nn.init.constant_(parameter, 1 / parameter[0].numel())
