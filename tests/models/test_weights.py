"""Downloads, against a server on this machine."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.registry import Registry
from segstudio.models import checkpoint as checkpoints
from segstudio.models.parts import weights as published
from segstudio.models.parts.spec import ModelSpec, Normalisation, PublishedWeights


@pytest.fixture
def weights(server: tuple[str, Path]) -> PublishedWeights:
    """A U-Net's weights, served as a pickle as torchvision serves its own."""
    url, root = server
    module = models.create("unet", classes=2, width=8)
    torch.save(module.state_dict(), root / "net.pth")
    digest = hashlib.sha256((root / "net.pth").read_bytes()).hexdigest()
    table = ClassTable.of_names(["a", "b"])
    normalisation = Normalisation.imagenet()
    options = {"width": 8}
    return PublishedWeights(
        "w", "W", f"{url}/net.pth", digest[:8], 1, table, normalisation, options
    )


def test_a_download_reports_bytes_and_is_kept(weights: PublishedWeights, cache: Path):
    reports = list(published.download(weights))
    assert reports[-1].payload == cache / "net.pth"
    assert [r.done for r in reports] == sorted(r.done for r in reports)
    assert {r.total for r in reports} == {(cache / "net.pth").stat().st_size}
    assert [p.name for p in cache.iterdir()] == ["net.pth"]


def test_what_is_cached_is_not_fetched_again(
    weights: PublishedWeights, cache: Path, server: tuple[str, Path]
):
    list(published.download(weights))
    (server[1] / "net.pth").unlink()
    assert len(list(published.download(weights))) == 1


def test_a_damaged_cached_file_is_fetched_again(weights: PublishedWeights, cache: Path):
    cache.mkdir(parents=True)
    (cache / "net.pth").write_bytes(b"half a fi")
    list(published.download(weights))
    assert published.is_cached(weights)


def test_stopping_leaves_nothing_behind(weights: PublishedWeights, cache: Path):
    job = published.download(weights)
    next(job)
    job.close()
    assert not cache.exists() or not list(cache.iterdir())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sha256": "00000000"}, "not the published file"),
        ({"url": "{}/elsewhere.pth"}, "HTTP 404"),
        ({"url": "http://127.0.0.1:9/net.pth"}, "cannot be downloaded"),
    ],
)
def test_failures_say_what_to_do_instead(
    weights: PublishedWeights, cache: Path, server: tuple[str, Path], change: dict, reason: str
):
    change = {key: value.format(server[0]) for key, value in change.items()}
    with pytest.raises(SegStudioError, match=reason) as caught:
        list(published.download(replace(weights, **change)))
    assert "starter" in str(caught.value)
    assert str(cache) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_published_weights_become_a_checkpoint(
    weights: PublishedWeights, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    def with_weights(registry: Registry[ModelSpec], name: str) -> ModelSpec:
        return replace(registry._specs[name], weights={"w": weights})

    monkeypatch.setattr(Registry, "get", with_weights)
    with pytest.raises(SegStudioError, match="not downloaded"):
        checkpoints.load_published("unet", "w")
    list(published.download(weights))
    loaded = checkpoints.load_published("unet", "w")
    assert loaded.classes.names == ("a", "b")
    assert loaded.build()(torch.rand(1, 3, 16, 16)).shape == (1, 2, 16, 16)
    with pytest.raises(SegStudioError, match="Known: w"):
        checkpoints.load_published("unet", "x")
