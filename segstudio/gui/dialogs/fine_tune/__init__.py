"""Fine-tuning on the project's own labels: settings, live curves, result."""

from segstudio.gui.dialogs.fine_tune.dialog import FineTuneDialog
from segstudio.gui.dialogs.fine_tune.situation import (
    ArchitectureChoice,
    DeviceChoice,
    FineTuneSituation,
    StartingModel,
)

__all__ = [
    "ArchitectureChoice",
    "DeviceChoice",
    "FineTuneDialog",
    "FineTuneSituation",
    "StartingModel",
]
