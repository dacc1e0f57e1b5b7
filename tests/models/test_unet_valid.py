from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from segstudio import models
from segstudio.models.parts.blocks import UPSAMPLINGS


def on_meta(channels: int = 1, **options: object) -> nn.Module:
    with torch.device("meta"):
        return models.create("unet_valid", classes=2, channels=channels, **options).eval()


@pytest.mark.parametrize(("channels", "count"), [(1, 31_030_658), (3, 31_031_810)])
def test_it_has_the_papers_parameters(channels: int, count: int):
    assert sum(value.numel() for value in on_meta(channels).parameters()) == count


def test_it_has_23_convolutions_counting_up_convolutions():
    layers = [m for m in on_meta().modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    assert len(layers) == 23
    assert sum(isinstance(layer, nn.ConvTranspose2d) for layer in layers) == 4
    assert all(layer.padding == (0, 0) for layer in layers)


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("size", [572, 188, 204])
def test_the_core_loses_184_pixels(size: int, upsampling: str):
    core = on_meta(width=4, upsampling=upsampling).core
    logits = core(torch.empty(1, 1, size, size, device="meta"))
    assert logits.shape == (1, 2, size - 184, size - 184)


def test_maps_have_the_sizes_of_figure_1():
    core = on_meta().core
    seen: dict[str, int] = {}

    def note(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        return lambda _module, _inputs, out: seen.__setitem__(name, out.shape[-1])

    for part in ("encoder", "up", "decoder"):
        for index, layer in enumerate(getattr(core, part)):
            layer.register_forward_hook(note(f"{part}{index}"))
    core(torch.empty(1, 1, 572, 572, device="meta"))
    encoded = [seen[f"encoder{index}"] for index in range(5)]
    grown = [seen[f"up{index}"] for index in range(4)]
    assert encoded == [568, 280, 136, 64, 28]
    assert grown == [56, 104, 200, 392]
    assert [seen[f"decoder{index}"] for index in range(4)] == [52, 100, 196, 388]
    cropped = [(wide - narrow) // 2 for wide, narrow in zip(encoded[3::-1], grown, strict=True)]
    assert cropped == [4, 16, 40, 88]


def test_skips_are_cropped_in_their_middle():
    core = models.create("unet_valid", classes=2, channels=1, width=4).eval().core
    # A network without a deep path: what remains is the first skip, cropped.
    with torch.inference_mode():
        nn.init.zeros_(core.up[3].weight)
        picture = torch.rand(1, 1, 188, 188)
        skip = core.encoder[0](picture)[:, :, 88:-88, 88:-88]
        zeros = torch.zeros_like(skip)
        expected = core.head(core.decoder[3](torch.cat([skip, zeros], dim=1)))
        assert torch.allclose(core(picture), expected, atol=1e-6)


def test_outside_the_picture_lies_its_mirror():
    torch.manual_seed(0)
    module = models.create("unet_valid", classes=2, channels=1, width=4).eval()
    picture = torch.rand(1, 1, 112, 128)
    mirrored = nn.functional.pad(picture, (92, 92 + 4, 92, 92 + 4), mode="reflect")
    with torch.inference_mode():
        expected = module.core(mirrored)[:, :, :112, :128]
        assert torch.allclose(module(picture), expected, atol=1e-6)


def test_a_pixel_sees_the_stated_field_and_no_farther(measured_reach: Callable[..., int]):
    field = models.spec("unet_valid").receptive_field
    assert measured_reach("unet_valid") * 2 + 1 == field


@pytest.mark.parametrize("normalising", ["batch", "group"])
def test_it_can_be_normalised(normalising: str):
    module = models.create("unet_valid", classes=2, width=4, normalising=normalising).train()
    module(torch.rand(1, 3, 5, 6)).sum().backward()
    assert all(value.grad is not None for value in module.parameters())
    kinds = [type(m).__name__ for m in module.modules()]
    assert kinds.count("BatchNorm" if normalising == "batch" else "GroupNorm") == 18


def test_maps_keep_their_scale_through_23_convolutions():
    torch.manual_seed(0)
    module = models.create("unet_valid", classes=2, channels=1, width=16).eval()
    with torch.inference_mode():
        logits = module(torch.randn(1, 1, 32, 32))
    assert 0.1 < logits.std() < 10
