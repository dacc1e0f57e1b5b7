"""Fine-tuning on the project's own labels: settings, live curves, result."""

from segstudio.gui.dialogs.fine_tune.dialog import FineTuneDialog
from segstudio.gui.dialogs.fine_tune.situation import (
    DeviceChoice,
    FineTuneSituation,
    StartingModel,
)
from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice

__all__ = [
    "ArchitectureChoice",
    "DeviceChoice",
    "FineTuneDialog",
    "FineTuneSituation",
    "StartingModel",
]
