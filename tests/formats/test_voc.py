"""The VOC layout, read the way its own development kit and CVAT read it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID
from segstudio.formats import registry
from segstudio.formats.parts.palette import VOID_COLOUR

CLASSES = ClassTable.of_names(["background", "road", "Straße"])


def test_the_layout_is_that_of_the_development_kit(tmp_path: Path) -> None:
    spec = registry.get("voc")
    masks = {name: np.full((4, 5), value, np.uint8) for name, value in (("b", 1), ("a", VOID))}
    for name, ids in masks.items():
        assert spec.write(tmp_path, name, ids, CLASSES).parent.name == "SegmentationClass"
    spec.finish(tmp_path, CLASSES)
    listed = (tmp_path / "ImageSets" / "Segmentation" / "trainval.txt").read_text("utf-8").split()
    assert listed == ["a", "b"]
    for name in listed:
        with Image.open(tmp_path / "SegmentationClass" / f"{name}.png") as image:
            assert image.mode == "P"
            assert np.array_equal(np.asarray(image), masks[name])


def test_colours_lead_back_to_ids_over_the_label_map(tmp_path: Path) -> None:
    spec = registry.get("voc")
    ids = np.array([[0, 1, 2, VOID]], np.uint8)
    path = spec.write(tmp_path, "a", ids, CLASSES)
    spec.finish(tmp_path, CLASSES)
    lines = (tmp_path / "labelmap.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith("#")
    by_colour = {
        tuple(map(int, line.split(":")[1].split(","))): line.split(":")[0] for line in lines[1:]
    }
    with Image.open(path) as image:
        colours = np.asarray(image.convert("RGB"))[0]
    assert [by_colour.get(tuple(c)) for c in colours.tolist()] == [*CLASSES.names, None]


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        (ClassTable.of_names(["a:b"]), "has a name that labelmap"),
        (ClassTable.of_names(["a\nb"]), "has a name that labelmap"),
        (CLASSES.changed(1, colour=CLASSES.classes[0].colour), "have the same colour"),
        (CLASSES.changed(1, colour=VOID_COLOUR), "'void' and 'road'"),
    ],
)
def test_what_the_label_map_cannot_hold_is_refused(classes: ClassTable, reason: str) -> None:
    with pytest.raises(SegStudioError, match=reason):
        registry.get("voc").check(classes)
