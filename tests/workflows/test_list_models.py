import json
from dataclasses import asdict

from segstudio import models
from segstudio.workflows.list_models import list_models


def test_every_architecture_is_described_in_plain_data():
    *_, last = list_models()
    rows = {row.name: row for row in last.payload}
    assert list(rows) == models.names()
    assert last.done == last.total == len(rows)
    assert json.loads(json.dumps([asdict(row) for row in rows.values()]))
    row = rows["deeplabv3_resnet50"]
    assert row.parameters == 42_004_074
    assert (row.output_stride, row.minimum_size, row.receptive_field) == (8, 32, None)
    assert [weights.name for weights in row.weights] == ["coco_voc"]
    assert "imagenet" in [weights.name for weights in row.initial]
    assert all(weights.megabytes > 50 for weights in (*row.weights, *row.initial))
    assert (row.paper.authors, row.paper.year) == ("Chen et al.", 2017)
    assert row.paper.title.startswith("Rethinking Atrous")
    assert all(row.sets_apart and row.family and row.summary for row in rows.values())
    assert {"width": 64, "depth": 4}.items() <= rows["unet"].options.items()
