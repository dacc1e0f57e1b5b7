"""Networks: one file per family, found by name. ``create``, ``names`` and ``spec`` are the door."""

from segstudio.models.parts.spec import (
    Geometry,
    ModelSpec,
    Normalisation,
    Output,
    Paper,
    PublishedWeights,
    create,
    names,
    registry,
    spec,
)

__all__ = [
    "Geometry",
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
