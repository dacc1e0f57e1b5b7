"""Networks: one file per family, found by name. ``create``, ``names`` and ``spec`` are the door."""

from segstudio.models.parts.creating import create
from segstudio.models.parts.initial import InitialWeights
from segstudio.models.parts.spec import (
    Geometry,
    Layout,
    ModelSpec,
    Normalisation,
    Output,
    Paper,
    PublishedWeights,
    names,
    registry,
    spec,
)

__all__ = [
    "Geometry",
    "InitialWeights",
    "Layout",
    "ModelSpec",
    "Normalisation",
    "Output",
    "Paper",
    "PublishedWeights",
    "create",
    "names",
    "registry",
    "spec",
]
