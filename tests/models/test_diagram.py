"""Block diagrams, taken from what networks do."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.models.parts.diagram import INDICES, MOST_STAGES, Diagram, diagram


def drawn(name: str, **options: object) -> Diagram:
    with torch.device("meta"):
        network = models.create(name, classes=11, **options)
    return diagram(network, 3)


@pytest.mark.parametrize("name", models.names())
def test_every_architecture_has_a_diagram_of_a_readable_size(name: str) -> None:
    found = drawn(name)
    stages = found.stages
    assert 4 <= len(stages) <= MOST_STAGES
    assert stages[0].name == "picture"
    assert (stages[-1].channels, stages[-1].scale) == (11, 1)
    assert all(stage.name for stage in stages)
    assert {link.target for link in found.links} == set(range(1, len(stages)))
    assert {link.source for link in found.links} == set(range(len(stages) - 1))
    assert all(link.source < link.target for link in found.links)


def test_the_u_net_concatenates_its_skips_scale_by_scale() -> None:
    found = drawn("unet", width=8, depth=3)
    joins = [stage for stage in found.stages if stage.operation]
    assert [(s.operation, s.scale, s.channels) for s in joins] == [
        ("concatenate", 4, 32),
        ("concatenate", 2, 16),
        ("concatenate", 1, 8),
    ]
    for place, stage in enumerate(found.stages):
        if stage.operation:
            sources = [found.stages[link.source] for link in found.links if link.target == place]
            assert sorted(source.scale for source in sources) == [stage.scale, 2 * stage.scale]
    with torch.device("meta"):
        network = models.create("unet", classes=11, width=8, depth=3)
    assert sum(s.parameters for s in found.stages) == sum(p.numel() for p in network.parameters())


def test_a_residual_network_is_its_stages_and_the_pyramid_its_branches() -> None:
    found = drawn("deeplabv3_resnet50")
    names = [stage.name for stage in found.stages]
    assert names[:6] == ["picture", "conv1", "layer1", "layer2", "layer3", "layer4"]
    (join,) = (place for place, stage in enumerate(found.stages) if stage.operation)
    branches = [link.source for link in found.links if link.target == join]
    assert len(branches) == 5
    assert found.stages[max(branches)].size == (1, 1)


def test_a_large_module_is_a_stage_of_its_own() -> None:
    names = [stage.name for stage in drawn("dilated_context").stages]
    assert names[-3:] == ["final", "context", "logits"]


class Tiny(nn.Module):
    """Two scales, joined in the way that a test asks for."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.down1, self.down2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.up = nn.Conv2d(8 if how == "cat" else 4, 4, 3, padding=1)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = F.relu(self.down1(x))
        pooled, indices = F.max_pool2d(first, 2, return_indices=True)
        deep = self.down2(pooled)
        if self.how == "unpool":
            return self.last(self.up(F.max_unpool2d(deep, indices, 2)))
        grown = F.interpolate(deep, scale_factor=2)
        if self.how == "cat":
            return self.last(self.up(torch.cat([first, grown], dim=1)))
        return self.last(self.up(first * grown if self.how == "mul" else first + grown))


@pytest.mark.parametrize(
    ("how", "said"),
    [("add", "sum"), ("cat", "concatenate"), ("mul", "gate"), ("unpool", INDICES)],
)
def test_a_join_is_what_the_network_does(how: str, said: str) -> None:
    with torch.device("meta"):
        found = diagram(Tiny(how), 3)
    assert [stage.name for stage in found.stages] == ["picture", "down1", "down2", "up", "last"]
    assert [stage.operation for stage in found.stages] == ["", "", "", said, ""]
    (skip,) = (link for link in found.links if (link.source, link.target) == (1, 3))
    assert skip.indices == (how == "unpool")


def test_a_plain_chain_is_drawn_stage_by_stage() -> None:
    stages = [nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(4, 4, 3, padding=1)]
    network = nn.Sequential(
        *stages, nn.MaxPool2d(2), nn.Conv2d(4, 2, 1), nn.Upsample(scale_factor=2)
    )
    with torch.device("meta"):
        found = diagram(network.to("meta"), 3)
    assert [stage.name for stage in found.stages] == ["picture", "0–2", "4", "logits"]
    assert [stage.scale for stage in found.stages] == [1, 1, 2, 1]
