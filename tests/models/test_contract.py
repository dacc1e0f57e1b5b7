"""What every architecture must do, whoever adds it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models import checkpoint as checkpoints
from segstudio.models.checkpoint import Checkpoint

NAMES = models.names()
# Same networks, fewer channels: the contract does not depend on the width.
SMALL = {
    "attention_unet": {"width": 4},
    "deeplab_largefov": {"width": 2},
    "deeplabv3_mobilenet": {"pyramid_width": 8},
    "deeplabv3_resnet101": {"pyramid_width": 8},
    "deeplabv3_resnet50": {"pyramid_width": 8},
    "deeplabv3plus_resnet50": {"pyramid_width": 8},
    "dilated_context": {"width": 2},
    "dilated_frontend": {"width": 2},
    "fcn16s": {"width": 2},
    "fcn32s": {"width": 2},
    "fcn8s": {"width": 2},
    "pspnet_resnet101": {"pyramid_width": 8},
    "pspnet_resnet50": {"pyramid_width": 8},
    "refinenet_resnet101": {"decoder_width": 4},
    "refinenet_resnet50": {"decoder_width": 4},
    "segnet": {"width": 4},
    "segnet_basic": {"width": 4},
    "unet": {"width": 4},
    "unet3p": {"width": 4},
    "unet_valid": {"width": 4},
    "unetpp": {"width": 4, "depth": 2},
}
SIZES = [(37, 53), (64, 33)]


def small(name: str, classes: int = 3, channels: int = 3) -> nn.Module:
    torch.manual_seed(0)
    return models.create(name, classes=classes, channels=channels, **SMALL.get(name, {}))


def logits_of(output: Tensor | models.Output) -> list[Tensor]:
    return [output] if isinstance(output, Tensor) else [output.logits, *output.aux]


@pytest.fixture(scope="module", params=NAMES)
def network(request: pytest.FixtureRequest) -> tuple[str, nn.Module]:
    return request.param, small(request.param)


@pytest.mark.parametrize("size", SIZES)
def test_logits_have_the_size_of_the_input(network: tuple[str, nn.Module], size: tuple[int, int]):
    module = network[1].eval()
    with torch.inference_mode():
        assert module(torch.rand(1, 3, *size)).shape == (1, 3, *size)


def test_the_stated_minimum_size_works(network: tuple[str, nn.Module]):
    name, module = network
    edge = models.spec(name).minimum_size
    with torch.inference_mode():
        assert module.eval()(torch.rand(1, 3, edge, edge)).shape == (1, 3, edge, edge)


def test_one_picture_of_minimum_size_trains_and_reaches_every_parameter(
    network: tuple[str, nn.Module],
):
    name, module = network
    edge = models.spec(name).minimum_size
    module.train().zero_grad()
    outputs = logits_of(module(torch.rand(1, 3, edge, edge + 1)))
    sum((logits * torch.rand_like(logits)).sum() for logits in outputs).backward()
    missed = [key for key, value in module.named_parameters() if value.grad is None]
    assert missed == []
    assert all(torch.isfinite(value.grad).all() for value in module.parameters())


def test_eval_gives_the_same_twice_and_plain_logits(network: tuple[str, nn.Module]):
    module = network[1].eval()
    picture = torch.rand(1, 3, 40, 40)
    with torch.inference_mode():
        first, second = module(picture), module(picture)
    assert isinstance(first, Tensor)
    assert torch.equal(first, second)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 5])
def test_any_number_of_channels(name: str, channels: int):
    module = small(name, channels=channels).eval()
    with torch.inference_mode():
        assert module(torch.rand(2, channels, 33, 40)).shape == (2, 3, 33, 40)


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded_it_predicts_the_same(name: str, tmp_path: Path):
    module = small(name).eval()
    table = ClassTable.of_names(["a", "b", "c"])
    normalisation = models.Normalisation.imagenet()
    saved = Checkpoint(name, SMALL.get(name, {}), table, 3, normalisation, {}, module.state_dict())
    checkpoints.save(saved, tmp_path / "net.safetensors")
    again = checkpoints.load(tmp_path / "net.safetensors").build()
    picture = torch.rand(1, 3, 33, 47)
    with torch.inference_mode():
        assert torch.equal(module(picture), again(picture))


@pytest.mark.parametrize("name", NAMES)
def test_other_classes_keep_the_rest(name: str):
    with torch.device("meta"):
        old, new = (small(name, classes=count).state_dict() for count in (3, 7))
    assert list(old) == list(new)
    changed = [key for key in old if old[key].shape != new[key].shape]
    # fcn8s has most: it scores three maps and enlarges the scores of each. A context module is
    # made of eight layers from scores to scores.
    most = {"dilated_context": 18}.get(name, 9)
    assert 1 <= len(changed) <= most, "only the last layers depend on the classes"


@pytest.mark.parametrize("name", NAMES)
def test_the_spec_is_complete(name: str):
    spec = models.spec(name)
    assert spec.label
    assert spec.summary
    assert spec.paper.year >= 2014
    assert spec.geometry().alignment % spec.output_stride == 0
    for weights in spec.weights.values():
        assert spec.make_options(**weights.options)
        assert len(weights.sha256) >= 8


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"widht": 4}, "widht"),
        ({"width": 1000}, "4 to 128"),
        ({"width": "wide"}, "int"),
        ({"upsampling": "cubic"}, "nearest+conv"),
        ({"dropout": True}, "float"),
    ],
)
def test_wrong_options_are_named(options: dict, said: str):
    with pytest.raises(SegStudioError, match=said.replace("+", r"\+")):
        models.create("unet", classes=2, **options)


def test_an_unknown_architecture_lists_the_known_ones():
    with pytest.raises(SegStudioError, match="deeplabv3_resnet50"):
        models.create("unett", classes=2)
