"""The dilated networks: the front end's margin, the context module's table, fields and weights."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.dilated import CONTEXT_DILATIONS, MARGIN, context_module
from segstudio.models.parts.blocks import mirror_border, pad_to_multiple
from segstudio.models.parts.initial import adopt

NAMES = ("dilated_frontend", "dilated_context")
CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}


def on_meta(name: str, classes: int = 21, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create(name, classes=classes, **options)


def parameters(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


# The front end


def test_900_pixels_make_66_scores():
    front = on_meta("dilated_frontend").front
    with torch.device("meta"):
        assert front(torch.rand(1, 3, 900, 900)).shape == (1, 21, 66, 66)
    assert (900 - 2 * MARGIN) / 8 == 66


def test_the_front_end_has_vgg16s_weights():
    network = on_meta("dilated_frontend")
    hidden = (7 * 7 * 512 + 1) * 4096 + (4096 + 1) * 4096
    assert parameters(network) == 14_714_688 + hidden + (4096 + 1) * 21
    assert parameters(on_meta("dilated_context")) == parameters(network) + 28_392


def front_end(state: dict[str, Tensor], x: Tensor) -> Tensor:
    """The authors' net definition, layer by layer."""

    def conv(name: str, x: Tensor, dilation: int = 1) -> Tensor:
        return F.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], dilation=dilation)

    for stage, count in CONVOLUTIONS.items():
        for place in range(1, count + 1):
            name = f"stages.{stage - 1}.conv{stage}_{place}"
            x = conv(name, x, 2 if stage == 5 else 1).relu()
        if stage <= 3:
            x = F.max_pool2d(x, 2)
    return conv("final", conv("fc7", conv("fc6", x, 4).relu()).relu())


def test_the_layers_are_those_of_the_published_network():
    torch.manual_seed(0)
    network = models.create("dilated_frontend", classes=4, width=2).eval()
    picture = torch.rand(1, 3, 400, 388)
    with torch.inference_mode():
        expected = front_end(network.front.state_dict(), picture)
        assert expected.shape == (1, 4, 3, 2)
        assert expected.std() > 1e-3
        assert torch.allclose(network.front(picture), expected, atol=1e-6)


def test_the_border_is_mirrored_and_scores_are_enlarged_eightfold():
    torch.manual_seed(0)
    network = models.create("dilated_frontend", classes=3, width=2).eval()
    picture = torch.rand(1, 3, 24, 40)
    with torch.inference_mode():
        scores = network.front(mirror_border(picture, MARGIN, MARGIN))
        assert scores.shape == (1, 3, 3, 5)
        enlarged = F.interpolate(scores, scale_factor=8, mode="bilinear", align_corners=False)
        assert torch.allclose(network(picture), enlarged, atol=1e-6)
        ragged = picture[..., :19, :33]
        whole = pad_to_multiple(ragged, 8)
        assert torch.equal(network(ragged), network(whole)[..., :19, :33])


# The context module


def test_the_basic_module_is_that_of_table_1():
    module = context_module(21, "basic")
    convolutions = [layer for layer in module if isinstance(layer, nn.Conv2d)]
    assert [layer.dilation[0] for layer in convolutions] == [1, 1, 2, 4, 8, 16, 1, 1]
    assert [layer.kernel_size[0] for layer in convolutions] == [3] * 7 + [1]
    assert parameters(module) == 28_392
    # Section 3: approximately 64 C^2.
    assert sum(layer.weight.numel() for layer in convolutions) == 64 * 21**2
    assert isinstance(module[-2], nn.ReLU)
    assert isinstance(module[-1], nn.Conv2d), "the last layer is not truncated"


def test_the_large_module_is_that_of_table_1():
    convolutions = [m for m in context_module(3, "large") if isinstance(m, nn.Conv2d)]
    assert [layer.out_channels // 3 for layer in convolutions] == [2, 2, 4, 8, 16, 32, 32, 1]


def test_the_field_grows_as_in_table_1():
    module = context_module(2, "basic")
    for layer in module:
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    fields = []
    x = start = torch.ones(1, 2, 81, 81, requires_grad=True)
    for layer in module:
        x = layer(x)
        if isinstance(layer, nn.Conv2d):
            (seen,) = torch.autograd.grad(x[0, 0, 40, 40], start, retain_graph=True)
            rows, columns = seen[0, 0].nonzero().T
            assert int(rows.max() - rows.min()) == int(columns.max() - columns.min())
            fields.append(int(rows.max() - rows.min()) + 1)
    assert fields == [3, 5, 9, 17, 33, 65, 67, 67]
    assert 2 * sum(CONTEXT_DILATIONS) + 1 == 67


@pytest.mark.parametrize("size", ["basic", "large"])
def test_the_module_begins_as_the_identity(size: str):
    torch.manual_seed(0)
    module = context_module(4, size)
    scores = torch.rand(2, 4, 9, 11)
    with torch.inference_mode():
        for layer in module:
            if isinstance(layer, nn.Conv2d):
                kept = layer.weight.abs() > 0.5 * layer.weight.max()
                assert 0 < layer.weight[~kept].std() < 0.03 * layer.weight.max(), "a little noise"
                assert not layer.bias.any()
                layer.weight *= kept
        assert torch.allclose(module(scores), scores, atol=1e-6)
        assert torch.allclose(module(-scores), torch.zeros(()))


@pytest.mark.parametrize("size", ["basic", "large"])
def test_the_network_begins_with_the_front_ends_predictions(size: str):
    torch.manual_seed(0)
    network = models.create("dilated_context", classes=3, width=2, context=size).eval()
    # As after the front end's training: it leaves no doubt.
    nn.init.normal_(network.front.final.weight, std=1.0)
    picture = torch.rand(1, 3, 40, 64)
    with torch.inference_mode():
        front = network.front(mirror_border(picture, MARGIN, MARGIN)).relu()
        assert torch.allclose(network.context(front), front, atol=0.2 * float(front.max()))


# What they see


@pytest.mark.parametrize(("name", "field"), [("dilated_frontend", 395), ("dilated_context", 923)])
def test_a_pixel_sees_the_stated_field_and_no_farther(name: str, field: int):
    spec = models.spec(name)
    assert spec.geometry().receptive_field == field
    assert spec.geometry(normalising="group").receptive_field is None
    reach = field // 2
    module = models.create(name, classes=2, channels=1, width=2).eval()
    let_every_path_through(module)
    # Wide enough for the mirrored border not to come into view.
    edge = -(-(2 * reach + 16) // 8) * 8
    for shape in ((8, edge), (edge, 8)):
        along = int(shape[0] == edge)
        picture = torch.ones(1, 1, *shape, requires_grad=True)
        logits = module(picture).sum(dim=(0, 1, 2 + along))
        centre = edge // 2 // 8 * 8
        reached = []
        # The two in the middle of a cell see farthest, one to either side.
        for place in (centre + 3, centre + 4):
            (seen,) = torch.autograd.grad(logits[place], picture, retain_graph=True)
            places = seen[0, 0].abs().sum(dim=along).nonzero()
            reached.append(int((places - place).abs().max()))
        assert reached == [reach, reach]


def let_every_path_through(module: nn.Module) -> None:
    """Mean pooling and weights that are means: every path shows, and maps keep their scale."""
    for part in list(module.modules()):
        if isinstance(getattr(part, "pool", None), nn.MaxPool2d):
            part.pool = nn.AvgPool2d(2)
    for parameter in module.parameters():
        nn.init.constant_(parameter, 1 / parameter[0].numel())


# How they begin, any size, any option


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("weights", "normalising", "fits"),
    [("imagenet", "none", True), ("imagenet_bn", "batch", True), ("imagenet_bn", "none", False)],
)
def test_imagenets_weights_fit_their_own_network(
    name: str, weights: str, normalising: str, fits: bool
):
    from torchvision.models import vgg16, vgg16_bn

    initial = models.spec(name).initial[weights]
    with torch.device("meta"):
        state = (vgg16_bn if weights == "imagenet_bn" else vgg16)().state_dict()
    network = on_meta(name, normalising=normalising)
    if not fits:
        with pytest.raises(SegStudioError, match="norm1_1"):
            adopt(network, initial, state)
        return
    adopt(network, initial, state)
    found = initial.convert(state)
    left = {key for key in network.state_dict() if key not in found}
    assert {key for key in left if key.startswith("front.")} == {
        "front.final.weight",
        "front.final.bias",
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("normalising", ["none", "batch", "group"])
def test_pictures_of_any_size(name: str, normalising: str):
    network = models.create(name, classes=2, width=2, normalising=normalising)
    for size in ((1, 1), (33, 10)):
        assert network(torch.rand(1, 3, *size)).shape == (1, 2, *size)


def test_the_large_module_trains():
    network = models.create("dilated_context", classes=3, width=2, context="large").train()
    network(torch.rand(1, 3, 9, 12)).sum().backward()
    assert [key for key, value in network.named_parameters() if value.grad is None] == []
