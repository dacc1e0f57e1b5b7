import pytest
import torch
from torch import nn
from torchvision.models import vgg16, vgg16_bn

from segstudio.core.errors import SegStudioError
from segstudio.models.parts import vgg
from segstudio.models.parts.initial import adopt


class Classifier(nn.Module):
    """torchvision's network, put together from our pieces."""

    def __init__(self, normalising: vgg.Normalised = "none") -> None:
        super().__init__()
        self.stages = vgg.stages(3, normalising=normalising)
        self.fc6 = nn.Conv2d(512, 4096, 7)
        self.fc7 = nn.Conv2d(4096, 4096, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for stage in self.stages:
            x = nn.functional.max_pool2d(stage(x), 2)
        return self.fc7(self.fc6(x).relu())


def test_the_convolutions_are_vgg16s():
    with torch.device("meta"):
        stages = vgg.stages(3)
    assert sum(value.numel() for value in stages.parameters()) == 14_714_688
    convolutions = [key for key in stages.state_dict() if key.endswith("weight")]
    assert len(convolutions) == 13
    assert convolutions[0] == "0.conv1_1.weight"
    assert convolutions[-1] == "4.conv5_3.weight"


@pytest.mark.parametrize("normalised", [False, True])
def test_torchvisions_file_has_a_place_for_every_weight(normalised: bool):
    with torch.device("meta"):
        theirs = (vgg16_bn if normalised else vgg16)().state_dict()
        ours = Classifier("batch" if normalised else "none").state_dict()
    weights = vgg.imagenet(vgg.within("stages."), normalised=normalised, fully_connected=True)
    found = weights.convert(theirs)
    assert {key: value.shape for key, value in found.items()} == {
        key: value.shape for key, value in ours.items()
    }
    assert weights.first_convolution in found


@pytest.mark.parametrize("normalised", [False, True])
def test_torchvisions_weights_give_the_same_features(normalised: bool):
    torch.manual_seed(0)
    theirs = (vgg16_bn if normalised else vgg16)().features.eval()
    stages = vgg.stages(3, normalising="batch" if normalised else "none").eval()
    weights = vgg.imagenet(vgg.within(""), normalised=normalised)
    state = {f"features.{key}": value for key, value in theirs.state_dict().items()}
    adopt(stages, weights, state)
    picture = torch.rand(1, 3, 64, 40)
    with torch.inference_mode():
        x = picture
        for stage in stages:
            x = nn.functional.max_pool2d(stage(x), 2)
        assert torch.allclose(x, theirs(picture), atol=1e-5)


def test_fully_connected_layers_become_convolutions():
    torch.manual_seed(0)
    weights = vgg.imagenet(vgg.within(""), fully_connected=True)
    dense = nn.Linear(2 * 49, 5)
    kernel = weights.convert({"classifier.0.weight": dense.weight})["fc6.weight"]
    x = torch.rand(1, 2, 7, 7)
    same = nn.functional.conv2d(x, kernel, dense.bias).flatten()
    assert torch.allclose(same, dense(x.flatten()), atol=1e-6)


def test_weights_that_do_not_fit_are_refused():
    with torch.device("meta"):
        state = {f"features.{key}": value for key, value in vgg16().features.state_dict().items()}
        narrow = vgg.stages(3, width=8)
    with pytest.raises(SegStudioError, match=r"conv1_1\.weight"):
        adopt(narrow, vgg.imagenet(vgg.within("")), state)


def test_stages_can_be_dilated_and_unpadded():
    stages = vgg.stages(1, 4, dilations=(1, 1, 1, 2, 4), padded=False)
    x = torch.rand(1, 1, 80, 80)
    edges = []
    for stage in stages:
        x = stage(x)
        edges.append(x.shape[-1])
    assert edges == [76, 72, 66, 54, 30]
    assert stages[4].conv5_2.dilation == (4, 4)
