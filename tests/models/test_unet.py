import pytest
import torch

from segstudio import models
from segstudio.models.parts.blocks import UPSAMPLINGS, pad_to_multiple


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_pixel_sees_the_stated_field_and_no_farther(upsampling: str, depth: int):
    options = {"depth": depth, "upsampling": upsampling}
    module = models.create("unet", classes=2, channels=1, width=4, **options).eval()
    # Positive weights and mean pooling keep every path alive, so the field shows whole.
    module.pool = torch.nn.AvgPool2d(2)
    for parameter in module.parameters():
        torch.nn.init.constant_(parameter, 0.3)
    field = models.spec("unet").geometry(**options).receptive_field
    assert field is not None
    edge = -(-2 * field // 2**depth) * 2**depth
    reach = 0
    # The grid shifts what a pixel sees: try one of each kind.
    for offset in range(2**depth):
        centre = edge // 2 + offset
        picture = torch.ones(1, 1, edge, edge, requires_grad=True)
        module(picture)[0, :, centre, centre].sum().backward()
        seen = picture.grad[0, 0].abs().sum(dim=0).nonzero()
        reach = max(reach, int((seen - centre).abs().max()))
    # The bound is followed by steps of whole pixels, so it may be a little generous.
    assert field // 2 - 3 <= reach <= field // 2


def test_a_picture_of_one_pixel():
    module = models.create("unet", classes=2, width=4).train()
    assert module(torch.rand(1, 3, 1, 1)).shape == (1, 2, 1, 1)


def test_padding_mirrors():
    row = torch.arange(3.0).reshape(1, 1, 1, 3)
    assert pad_to_multiple(row, 8)[0, 0].tolist() == [[0, 1, 2, 1, 0, 1, 2, 1]] * 8
