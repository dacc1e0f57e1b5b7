"""What each layer shows, without a widget."""

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID, Ids, Provenance
from segstudio.core.rect import Rect
from segstudio.gui.canvas.layers import ERASED, LAYERS, Scene
from segstudio.gui.canvas.rendering import render_ids
from segstudio.gui.canvas.viewport import Viewport

BY_NAME = {layer.name: layer for layer in LAYERS}
IDS = np.array([[0, 1, 2, VOID], [0, 1, 2, VOID]], np.uint8)
MODEL = np.array([[0, 1, 1, 1], [1, 0, 2, VOID]], np.uint8)
PROVENANCE = np.full((2, 4), Provenance.MODEL, np.uint8)
PROVENANCE[:, 2:] = Provenance.HUMAN
UNCERTAINTY = np.array([[0, 64, 128, 255], [0, 0, 0, 0]], np.uint8)
SCENE = Scene(IDS, PROVENANCE, MODEL, UNCERTAINTY, active_class=1)
PALETTE = ClassTable.of_names(["road", "sky", "car"]).palette()


def _codes(name: str, scene: Scene = SCENE) -> list[list[int]] | None:
    found = BY_NAME[name].codes(scene, lambda plane: plane)
    return None if found is None else found.tolist()


def test_labels_are_the_label_map() -> None:
    assert _codes("labels") == IDS.tolist()


def test_one_class_alone() -> None:
    assert _codes("class_in_hand") == [[VOID, 1, VOID, VOID]] * 2


def test_my_pixels_are_the_humans() -> None:
    assert _codes("mine") == [[VOID, VOID, 2, VOID]] * 2


def test_the_prediction_is_the_models_word() -> None:
    assert _codes("prediction") == MODEL.tolist()


def test_the_difference_has_the_labels_classes_and_marks_what_was_erased() -> None:
    assert _codes("difference") == [[VOID, VOID, 2, ERASED], [0, 1, VOID, VOID]]
    colours = BY_NAME["difference"].colours(PALETTE)
    assert colours[ERASED, 3] == 255 and colours[VOID, 3] == 0


def test_uncertainty_is_seen_where_it_is_high() -> None:
    assert _codes("uncertainty") == UNCERTAINTY.tolist()
    colours = BY_NAME["uncertainty"].colours(PALETTE)
    assert colours[0, 3] == 0
    assert (np.diff(colours[:256, 3].astype(int)) >= 0).all()
    light = colours[:256, :3].astype(int).sum(axis=1)
    assert light[255] > light[128] > light[32]


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer.of_model])
def test_without_a_model_its_layers_are_empty(layer) -> None:
    assert layer.codes(Scene(IDS, PROVENANCE), lambda plane: plane) is None


@pytest.mark.parametrize("layer", LAYERS)
def test_every_code_has_a_colour(layer) -> None:
    colours = layer.colours(PALETTE)
    assert colours.shape == (257, 4) and colours.dtype == np.uint8


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_reads_more_than_the_visible_crop(layer) -> None:
    class Watched:
        """A plane of a hundred megapixels that says how many of its pixels were read."""

        shape = (10_000, 10_000)
        read = 0

        def __getitem__(self, where: tuple[slice, slice]) -> Ids:
            rows, columns = where
            size = rows.stop - rows.start, columns.stop - columns.start
            Watched.read += size[0] * size[1]
            return np.zeros(size, np.uint8)

    planes = [Watched() for _ in range(4)]
    view, area = Viewport(4.0, -8000.0, -8000.0), Rect(0, 0, 400, 800)
    codes = layer.codes(Scene(*planes), lambda plane: render_ids(plane, view, area))
    assert codes.shape == (400, 800)
    assert Watched.read <= 2 * 101 * 201
