"""Which networks the dialogs offer."""

from typing import TYPE_CHECKING

# Dialogs are imported where they are asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice, FirstWeights
    from segstudio.models import InitialWeights, ModelSpec

_FIRST = "unet"


def list_architectures() -> "tuple[ArchitectureChoice, ...]":
    """All networks family by family, the U-Net first; imports torch, so call it in a worker."""
    from segstudio import models
    from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice

    first = models.spec(_FIRST).family
    specs = sorted(
        models.registry,
        key=lambda spec: (spec.family != first, spec.family, spec.name != _FIRST, spec.label),
    )
    return tuple(
        ArchitectureChoice(
            spec.name, spec.label, spec.summary, spec.family, spec.options, _first_weights(spec)
        )
        for spec in specs
    )


def _first_weights(spec: "ModelSpec") -> "tuple[FirstWeights, ...]":
    from segstudio.gui.dialogs.parts.architectures import FirstWeights
    from segstudio.models.parts.weights import is_cached

    def cost(weights: "InitialWeights") -> str:
        if is_cached(weights):
            return "These first weights are downloaded already."
        return f"These first weights are a download of {weights.megabytes} MB, once."

    return tuple(FirstWeights(name, w.label, cost(w)) for name, w in spec.initial.items())
