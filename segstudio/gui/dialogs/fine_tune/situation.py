"""What the fine-tune dialog needs to know, as plain data."""

from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice


@dataclass(frozen=True, slots=True)
class StartingModel:
    """The model in use; ``mean_iou`` is what its own training stated, 0 to 1."""

    path: Path
    label: str
    mean_iou: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """Where to train; ``name`` as :class:`TrainSettings` has it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class FineTuneSituation:
    """Where the project stands.

    Attributes
    ----------
    verified_frames, edited_frames, frames
        Frames that are marked as done; others that hold strokes of the user's; all there are.
    classes
        The project's classes.
    architectures
        What can be trained from scratch, the usual one first.
    model
        The model in use, where it is a checkpoint that training can go on from.
    devices
        Where to train, the usual one first.
    problem, remedy
        Why training is not possible for another reason, such as a read-only project; or empty.
    """

    verified_frames: int
    edited_frames: int
    frames: int
    classes: ClassTable
    architectures: tuple[ArchitectureChoice, ...]
    model: StartingModel | None = None
    devices: tuple[DeviceChoice, ...] = (DeviceChoice("auto", "Automatic"),)
    problem: str = ""
    remedy: str = ""

    @property
    def teaching_frames(self) -> int:
        """Frames that hold anything to learn from."""
        return self.verified_frames + self.edited_frames

    def obstacle(self) -> tuple[str, str]:
        """Why training cannot start, and the remedy; empty where it can."""
        if self.problem:
            return self.problem, self.remedy
        if len(self.classes) < 2:
            return (
                "This project has fewer than two classes.",
                "Add the classes to tell apart in the Classes panel.",
            )
        if not self.teaching_frames:
            return (
                "No frame is labelled by you yet.",
                "Correct a frame and mark it as done (Frame menu); a handful is a good start.",
            )
        return "", ""
