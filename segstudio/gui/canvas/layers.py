"""What the overlay can show: one small function per kind, each for the visible crop alone.

A layer turns whole planes into a crop of codes, and codes into colours. Class ids are codes; the
layer of uncertainty has its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from segstudio.core.label_map import VOID, Ids, Provenance
from segstudio.core.overlay import Rgba
from segstudio.gui.canvas.rendering import Codes

Look = Callable[[Ids], Ids]
"""The visible crop of a whole HxW plane, at the resolution of the screen."""

ERASED = 256
"""Code of a pixel that stands out although it has no class."""

_CODES = 257


@dataclass(frozen=True, eq=False)
class Scene:
    """The whole planes of an open frame, HxW uint8 each, and the class in the hand.

    ``model_ids`` is a model's word and ``uncertainty`` runs from 0 (sure) to 255 (all classes
    alike); both are None before a model has answered.
    """

    ids: Ids
    provenance: Ids
    model_ids: Ids | None = None
    uncertainty: Ids | None = None
    active_class: int = VOID

    @property
    def shape(self) -> tuple[int, int]:
        return self.ids.shape[0], self.ids.shape[1]


@dataclass(frozen=True, slots=True)
class LabelLayer:
    """One thing that the overlay can show.

    Attributes
    ----------
    name, label, tooltip
        For programs, for menus, for those who wonder.
    codes
        The crop's codes, 0 to 256; None where there is nothing to show yet.
    colours
        257x4 uint8 RGBA by code, from the 256x4 palette of the class table.
    of_model
        Whether there is nothing to show before a model has answered.
    outlined
        Whether outlines of its areas make sense.
    """

    name: str
    label: str
    tooltip: str
    codes: Callable[[Scene, Look], Codes | None]
    colours: Callable[[Rgba], Rgba]
    of_model: bool = False
    outlined: bool = True


def _labels(scene: Scene, look: Look) -> Codes:
    return look(scene.ids)


def _class_in_hand(scene: Scene, look: Look) -> Codes:
    ids = look(scene.ids)
    return np.where(ids == scene.active_class, ids, np.uint8(VOID))


def _mine(scene: Scene, look: Look) -> Codes:
    decided_by_human = look(scene.provenance) == Provenance.HUMAN
    return np.where(decided_by_human, look(scene.ids), np.uint8(VOID))


def _prediction(scene: Scene, look: Look) -> Codes | None:
    return None if scene.model_ids is None else look(scene.model_ids)


def _difference(scene: Scene, look: Look) -> Codes | None:
    """The label map's classes where the model says something else."""
    if scene.model_ids is None:
        return None
    ids = look(scene.ids)
    standing_out = np.where(ids == VOID, np.uint16(ERASED), ids.astype(np.uint16))
    return np.where(ids == look(scene.model_ids), np.uint16(VOID), standing_out)


def _uncertainty(scene: Scene, look: Look) -> Codes | None:
    return None if scene.uncertainty is None else look(scene.uncertainty)


def _class_colours(palette: Rgba) -> Rgba:
    erased = np.full((1, 4), 255, np.uint8)
    return np.concatenate([palette, erased])


def _heat(_palette: Rgba) -> Rgba:
    """From nothing over violet and red to yellow: where a model is sure, the picture is seen."""
    levels = np.arange(_CODES - 1, dtype=np.uint8)
    ramp = cv2.applyColorMap(levels[:, None], cv2.COLORMAP_INFERNO)[:, 0, ::-1]
    alpha = np.minimum(255, 2 * levels.astype(np.uint16)).astype(np.uint8)
    return _class_colours(np.column_stack([ramp, alpha]).astype(np.uint8))


LAYERS = (
    LabelLayer("labels", "Labels", "All classes of the label map.", _labels, _class_colours),
    LabelLayer(
        "class_in_hand",
        "Class in hand",
        "One class alone: the one that you paint with.",
        _class_in_hand,
        _class_colours,
    ),
    LabelLayer("mine", "My pixels", "Only what a human has decided.", _mine, _class_colours),
    LabelLayer(
        "prediction",
        "Prediction",
        "What the model said, without your corrections.",
        _prediction,
        _class_colours,
        of_model=True,
    ),
    LabelLayer(
        "difference",
        "Difference",
        "Where the labels are not what the model said; white where they were erased.",
        _difference,
        _class_colours,
        of_model=True,
    ),
    LabelLayer(
        "uncertainty",
        "Uncertainty",
        "Where the model wavers between classes: the brighter, the less sure.",
        _uncertainty,
        _heat,
        of_model=True,
        outlined=False,
    ),
)
