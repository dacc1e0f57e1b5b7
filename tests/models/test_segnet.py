import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.parts.initial import adopt
from segstudio.models.segnet import MaxIndexNet

NAMES = ("segnet", "segnet_basic")


class MeanPool(nn.Module):
    """Pooling that lets every pixel through."""

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return F.avg_pool2d(x, 2), None


class Repeat(nn.Module):
    """Its counterpart."""

    def forward(self, x: Tensor, places: None, output_size: torch.Size) -> Tensor:
        return F.interpolate(x, size=output_size, mode="nearest")


@pytest.mark.parametrize(
    ("name", "classes", "count"),
    [
        ("segnet", 11, 29_449_355),
        ("segnet", 21, 29_455_125),
        # Eight kernels of 7x7 on 64 channels, normalised, and a 1x1 one with bias.
        ("segnet_basic", 11, 49 * 64 * (3 + 7 * 64) + 8 * 2 * 64 + 65 * 11),
    ],
)
def test_parameter_counts(name: str, classes: int, count: int):
    with torch.device("meta"):
        module = models.create(name, classes=classes)
    assert sum(value.numel() for value in module.parameters()) == count


def test_the_layers_are_the_papers():
    with torch.device("meta"):
        module = models.create("segnet", classes=11)
        encoder, decoder = (
            [layer for layer in half.modules() if isinstance(layer, nn.Conv2d)]
            for half in (module.encoder, module.decoder)
        )
    assert sum(value.numel() for layer in encoder for value in layer.parameters()) == 14_714_688
    assert len(encoder) == len(decoder) == 13
    shapes = [(layer.in_channels, layer.out_channels) for layer in encoder]
    backwards = [(layer.out_channels, layer.in_channels) for layer in decoder[::-1]]
    assert backwards == [(11, 64), *shapes[1:]]


def test_the_basic_one_is_wide_sighted_and_linear_upwards():
    with torch.device("meta"):
        module = models.create("segnet_basic", classes=11)
    for half in (module.encoder, module.decoder):
        kernels = [layer for layer in half.modules() if isinstance(layer, nn.Conv2d)][:4]
        assert {layer.kernel_size for layer in kernels} == {(7, 7)}
        assert all(layer.bias is None for layer in kernels)
    assert not any(isinstance(layer, nn.ReLU) for layer in module.decoder.modules())


def test_values_return_to_where_they_were_the_largest():
    stages = [nn.Identity(), nn.Identity()]
    module = MaxIndexNet(stages, stages, dropout=0.0).eval()
    torch.manual_seed(0)
    picture = torch.rand(1, 2, 8, 12)
    answer = module(picture)
    blocks = picture.unfold(2, 4, 4).unfold(3, 4, 4)
    assert torch.equal(answer[answer > 0], picture[answer > 0])
    assert torch.equal(answer.unfold(2, 4, 4).unfold(3, 4, 4).amax((4, 5)), blocks.amax((4, 5)))
    assert int((answer > 0).sum()) == 2 * 2 * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_pixel_sees_the_stated_field_and_no_farther(name: str):
    module = models.create(name, classes=2, channels=1, width=4).eval()
    # Positive weights and pooling by the mean keep every path alive, so the field shows whole.
    module.pool, module.unpool = MeanPool(), Repeat()
    for parameter in module.parameters():
        nn.init.constant_(parameter, 0.3)
    geometry = models.spec(name).geometry()
    field, grid = geometry.receptive_field, geometry.alignment
    assert field is not None
    length = -(-2 * field // grid) * grid
    reach = 0
    # The grid shifts what a pixel sees: try one of each kind.
    for centre in range(length // 2, length // 2 + grid):
        picture = torch.ones(1, 1, 1, length, requires_grad=True)
        module(picture)[..., centre].sum().backward()
        assert picture.grad is not None
        seen = picture.grad[0, 0, 0].abs().nonzero()
        reach = max(reach, int((seen - centre).abs().max()))
    assert reach == field // 2


def test_tiles_need_the_known_halo():
    for name, halo, alignment in (("segnet", 224, 32), ("segnet_basic", 112, 16)):
        geometry = models.spec(name).geometry()
        assert geometry.alignment == alignment
        assert -(-(geometry.receptive_field // 2) // alignment) * alignment == halo


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_beyond_the_field_moves_no_maximum_within(name: str):
    torch.manual_seed(0)
    module = models.create(name, classes=2, channels=1, width=4).eval()
    radius = (models.spec(name).geometry().receptive_field or 0) // 2
    picture = torch.rand(1, 1, 32, 2 * radius + 70)
    centre = radius + 33
    other = torch.rand_like(picture)
    other[..., centre - radius : centre + radius + 1] = picture[
        ..., centre - radius : centre + radius + 1
    ]
    with torch.inference_mode():
        here, there = module(picture), module(other)
    assert torch.equal(here[..., centre], there[..., centre])
    assert not torch.equal(here, there)


@pytest.mark.parametrize("name", NAMES)
def test_normalised_within_pictures_it_sees_everything(name: str):
    assert models.spec(name).geometry(normalising="group").receptive_field is None


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_one_pixel(name: str):
    module = models.create(name, classes=2, width=4).train()
    assert module(torch.rand(1, 3, 1, 1)).shape == (1, 2, 1, 1)


def test_channels_last_and_half_precision_do_too():
    module = models.create("segnet", classes=2, width=4).eval()
    picture = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        plain = module(picture)
        module = module.to(memory_format=torch.channels_last)
        picture = picture.contiguous(memory_format=torch.channels_last)
        assert torch.allclose(module(picture), plain, atol=1e-5)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert torch.isfinite(module(picture)).all()


@pytest.mark.parametrize(("options", "fits"), [({}, True), ({"width": 32}, False)])
def test_imagenets_weights_fit_the_encoder(options: dict, fits: bool):
    from torchvision.models import vgg16_bn

    initial = models.spec("segnet").initial["imagenet"]
    with torch.device("meta"):
        state = vgg16_bn().state_dict()
        module = models.create("segnet", classes=11, channels=1, **options)
    found = initial.convert(state)
    assert set(found) == {key for key in module.state_dict() if key.startswith("encoder.")}
    if not fits:
        with pytest.raises(SegStudioError, match="width=64"):
            adopt(module, initial, state)
        return
    module = module.to_empty(device="cpu")
    adopt(module, initial, {key: torch.full(value.shape, 7.0) for key, value in state.items()})
    ours = module.state_dict()
    assert all((ours[key] == 7).all() for key in found if "conv1_1.weight" not in key)
    assert (ours[initial.first_convolution] == 3 * 7).all(), "three colours seen as one"
