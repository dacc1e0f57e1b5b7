"""Weights that training starts from: fetched from a server on this machine, adopted, not kept."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.models import mobilenet_v3_large, segmentation

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.options import describe
from segstudio.core.progress import Progress
from segstudio.models.checkpoint import load
from segstudio.models.parts.initial import InitialWeights, adopt, for_channels
from segstudio.models.parts.weights import download
from segstudio.training.dataset import Example, LabelledFrame
from segstudio.training.report import TrainReport
from segstudio.training.settings import TrainSettings
from segstudio.training.trainer import train

NAME = "deeplabv3_mobilenet"
SMALL = {"pyramid_width": 8}
CLASSES = ClassTable.of_names(["ground", "blob"])

Serve = Callable[[str, dict[str, Tensor]], InitialWeights]


@pytest.fixture
def serve(server: tuple[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """``serve("imagenet", state)``: from now on the network's weights of this name are these."""
    url, root = server

    def publish(name: str, state: dict[str, Tensor]) -> InitialWeights:
        spec = models.spec(NAME)
        file = root / f"{name}.pth"
        torch.save(state, file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        initial = replace(spec.initial[name], url=f"{url}/{file.name}", sha256=digest[:8])
        changed = replace(spec, initial={**spec.initial, name: initial})
        monkeypatch.setitem(models.registry._specs, NAME, changed)
        return initial

    return publish


@pytest.fixture
def imagenet(serve: Serve) -> dict[str, Tensor]:
    """What the server gives as the backbone's ImageNet weights."""
    torch.manual_seed(1)
    state = mobilenet_v3_large().state_dict()
    serve("imagenet", state)
    return state


@pytest.fixture
def voc(serve: Serve) -> dict[str, Tensor]:
    """What the server gives as the whole network's VOC weights."""
    torch.manual_seed(2)
    theirs = segmentation.deeplabv3_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=21, aux_loss=True
    )
    serve("voc", theirs.state_dict())
    return theirs.state_dict()


def fetched(name: str, classes: int = 2, channels: int = 3, **options: Any) -> dict[str, Tensor]:
    """State of a new network with these initial weights, downloaded before."""
    list(download(models.spec(NAME).initial[name]))
    network = models.create(NAME, classes=classes, channels=channels, weights=name, **options)
    return network.state_dict()


# What every architecture says


@pytest.mark.parametrize("name", models.names())
def test_the_option_offers_what_there_is(name: str):
    spec = models.spec(name)
    offered = [option.choices for option in describe(spec.options) if option.name == "weights"]
    if not spec.initial:
        assert offered in ([], [("none",)])
        return
    assert sorted(offered[0]) == sorted(("none", *spec.initial))
    assert spec.options().weights == "none"
    with torch.device("meta"):
        network = models.create(name, classes=2)
    for key, initial in spec.initial.items():
        assert initial.name == key
        assert initial.label
        if not initial.options:
            assert initial.first_convolution in network.state_dict()


# Adopting


def test_the_backbone_is_adopted_and_the_rest_is_random(imagenet: dict[str, Tensor]):
    state = fetched("imagenet", **SMALL)
    backbone = {key: value for key, value in state.items() if key.startswith("backbone.")}
    adopted = {f"features.{key.removeprefix('backbone.')}": key for key in backbone}
    assert adopted.keys() == {key for key in imagenet if key.startswith("features.")}
    assert all(torch.equal(imagenet[theirs], backbone[ours]) for theirs, ours in adopted.items())


@pytest.mark.parametrize(("classes", "auxiliary"), [(21, True), (2, True), (2, False)])
def test_of_voc_all_but_the_layers_of_the_classes_is_adopted(
    voc: dict[str, Tensor], classes: int, auxiliary: bool
):
    state = fetched("voc", classes, auxiliary=auxiliary)
    assert auxiliary == any(key.startswith("aux_classifier") for key in state)
    fresh = {key for key, value in state.items() if not _equal(value, voc[key])}
    layers = ["classifier.4", "aux_classifier.4"][: 1 + auxiliary]
    assert fresh == {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.equal(one, other)


@pytest.mark.parametrize(("channels", "shares"), [(1, None), (5, (2, 2, 1, 2, 2))])
def test_the_first_convolution_is_adapted_to_other_channels(
    imagenet: dict[str, Tensor], channels: int, shares: tuple[int, ...] | None
):
    weight = fetched("imagenet", channels=channels, **SMALL)["backbone.0.0.weight"]
    theirs = imagenet["features.0.0.weight"]
    if shares is None:
        assert torch.allclose(weight, theirs.sum(dim=1, keepdim=True))
        return
    for channel, share in enumerate(shares):
        assert torch.allclose(weight[:, channel], theirs[:, channel % 3] / share)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
def test_a_grey_picture_gets_the_same_answers_in_any_number_of_channels(channels: int):
    weight = torch.randn(8, 3, 7, 7)
    adapted = for_channels(weight, channels)
    assert adapted.shape == (8, channels, 7, 7)
    grey = torch.rand(1, 1, 9, 9)
    answers, expected = (
        torch.conv2d(grey.expand(1, count, 9, 9), kernel)
        for count, kernel in ((channels, adapted), (3, weight))
    )
    assert torch.allclose(answers, expected, atol=1e-4)


def test_weights_that_do_not_fit_say_which(imagenet: dict[str, Tensor], voc: dict[str, Tensor]):
    with pytest.raises(SegStudioError, match=r"does not fit the network.*running_mean") as caught:
        fetched("imagenet", normalising="group", **SMALL)
    assert "none" in caught.value.remedy
    with pytest.raises(SegStudioError, match=r"classifier\.0\.convs"):
        fetched("voc", **SMALL)


def test_a_key_that_has_no_place_is_refused():
    weights = models.spec(NAME).initial["imagenet"]
    network = models.create(NAME, classes=2, **SMALL)
    with pytest.raises(SegStudioError, match=r"backbone\.99\.weight"):
        adopt(network, weights, {"features.99.weight": torch.zeros(1)})


# Training


def scene(grey: bool) -> LabelledFrame:
    """Bright squares on dark noise."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 80, (32, 32) if grey else (32, 32, 3), np.uint8)
    ids = np.zeros((32, 32), np.uint8)
    ids[8:20, 8:20] = 1
    pixels[ids == 1] += 150
    return LabelledFrame(Frame("scene", pixels), ids)


@pytest.fixture
def training(tmp_path: Path) -> Callable[..., Iterator[Progress]]:
    """``training(weights="imagenet")``: two steps on one tiny picture."""

    def start(grey: bool = False, resume: bool = False, **options: Any) -> Iterator[Progress]:
        pictures = [Example("scene", "scene.png", lambda: scene(grey))]
        settings = TrainSettings(
            model=NAME,
            options={**SMALL, **options},
            steps=2,
            batch_size=1,
            crop=(32, 32),
            lr=1e-9,
            device="cpu",
            precision="fp32",
        )
        return train(pictures, pictures, CLASSES, settings, tmp_path / "run", resume)

    return start


@pytest.mark.parametrize("grey", [False, True])
def test_training_starts_from_the_downloaded_weights(
    imagenet: dict[str, Tensor],
    training: Callable[..., Iterator[Progress]],
    tmp_path: Path,
    server: tuple[str, Path],
    cache: Path,
    grey: bool,
):
    reports = list(training(grey, weights="imagenet"))
    assert any(report.message == "Downloading imagenet.pth" for report in reports)
    kinds = {type(report.payload) for report in reports}
    assert kinds == {type(None), TrainReport}

    # Neither the server nor the cache is needed any more.
    shutil.rmtree(cache)
    shutil.rmtree(server[1])
    checkpoint = load(tmp_path / "run" / "checkpoint.safetensors")
    assert "weights" not in checkpoint.options
    assert (checkpoint.options["output_stride"], checkpoint.options["rates"]) == (16, "12,24,36")
    channels = 1 if grey else 3
    assert checkpoint.normalisation == models.Normalisation.imagenet(channels)
    state = checkpoint.build().state_dict()
    first = imagenet["features.0.0.weight"]
    expected = first.sum(dim=1, keepdim=True) if grey else first
    # Two steps at this rate move nothing that one could see.
    assert torch.allclose(state["backbone.0.0.weight"], expected, atol=1e-5)
    deep = "16.0.weight"
    assert torch.allclose(state[f"backbone.{deep}"], imagenet[f"features.{deep}"], atol=1e-5)


def test_a_resumed_run_needs_no_download(
    imagenet: dict[str, Tensor],
    training: Callable[..., Iterator[Progress]],
    server: tuple[str, Path],
    cache: Path,
):
    running = training(weights="imagenet")
    for report in running:
        if isinstance(report.payload, TrainReport) and report.payload.step == 1:
            break
    running.close()  # type: ignore[attr-defined]
    shutil.rmtree(cache)
    shutil.rmtree(server[1])
    assert list(training(resume=True, weights="imagenet"))[-1].payload.step == 2


def test_without_a_network_it_says_what_to_do(
    imagenet: dict[str, Tensor],
    training: Callable[..., Iterator[Progress]],
    server: tuple[str, Path],
    cache: Path,
):
    (server[1] / "imagenet.pth").unlink()
    with pytest.raises(SegStudioError, match="HTTP 404") as caught:
        list(training(weights="imagenet"))
    assert str(cache) in caught.value.remedy
    assert "imagenet.pth" in caught.value.remedy
    assert "from scratch" in caught.value.remedy


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weights": "imagenet", "normalising": "group"}, "does not fit the network"),
        ({"weights": "cityscapes"}, "none, imagenet, voc"),
        ({"weight": "imagenet"}, "does not exist"),
    ],
)
def test_training_refuses_what_cannot_be(
    imagenet: dict[str, Tensor],
    training: Callable[..., Iterator[Progress]],
    options: dict[str, str],
    said: str,
):
    with pytest.raises(SegStudioError, match=said):
        list(training(**options))


def test_an_architecture_without_weights_says_so(tmp_path: Path):
    pictures = [Example("scene", "scene.png", lambda: scene(False))]
    settings = TrainSettings(model="unet", options={"weights": "imagenet"})
    with pytest.raises(SegStudioError, match="'weights' of unet: does not exist"):
        list(train(pictures, pictures, CLASSES, settings, tmp_path))
