"""What the model panel offers: starters, the project's own runs, published weights, a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.workflows.list_checkpoints import CheckpointRow, list_checkpoints, starters

STARTERS = "Starters"
RUNS = "Trained here"
WEIGHTS = "Published weights"
FILES = "Files"


@dataclass(frozen=True, slots=True)
class Choice:
    """One model. ``key`` is a checkpoint's path, or ``ARCHITECTURE/WEIGHTS`` of published ones."""

    key: str
    label: str
    detail: str
    group: str
    classes: ClassTable = field(default_factory=ClassTable)
    mean_iou: float | None = None

    def knows_any_of(self, classes: ClassTable) -> bool:
        """Whether the model can say anything of a project's classes, by their names."""
        return _shared({name.casefold() for name in classes.names}, self.classes) > 0


@dataclass(frozen=True, slots=True)
class Choices:
    """All models that can be chosen, and the files that cannot be used, with the reason."""

    entries: tuple[Choice, ...] = ()
    failures: tuple[str, ...] = ()

    def keys(self) -> set[str]:
        """Keys of all models."""
        return {entry.key for entry in self.entries}

    def get(self, key: str) -> Choice | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def best_for(self, classes: Collection[str]) -> str:
        """Key of the newest run, else of the starter that shares most classes; "" where none."""
        runs = [entry for entry in self.entries if entry.group == RUNS]
        if runs:
            return runs[0].key
        offered = [entry for entry in self.entries if entry.group == STARTERS]
        wanted = {name.casefold() for name in classes}
        # Of several equals the one that tells most apart: street scenes before cells.
        ranked = sorted(
            offered, key=lambda e: (-_shared(wanted, e.classes), -len(e.classes), e.label)
        )
        return ranked[0].key if ranked else ""


def list_choices(runs: Iterable[Path], opened: Path | None) -> Choices:
    """Everything there is to choose from; imports torch, so call it in a worker."""
    groups = dict.fromkeys(starters(), STARTERS) | dict.fromkeys(runs, RUNS)
    if opened is not None:
        groups.setdefault(opened, FILES)
    rows: list[CheckpointRow] = []
    for progress in list_checkpoints(groups):
        rows = progress.payload
    entries = [_choice(row, groups[row.path]) for row in rows if not row.failure]
    failures = [row.failure for row in rows if row.failure]
    return Choices((*entries, *_published_choices()), tuple(failures))


def _shared(wanted: Collection[str], classes: ClassTable) -> int:
    return sum(name.casefold() in wanted for name in classes.names)


def _choice(row: CheckpointRow, group: str) -> Choice:
    figure = f", validation mIoU {row.mean_iou:.2f}" if row.mean_iou is not None else ""
    detail = (
        f"{row.architecture}, {len(row.classes)} classes{figure}: {', '.join(row.classes.names)}"
    )
    name = row.path.parent.name if row.path.stem == "checkpoint" else row.path.stem
    label = name.replace("-", " ").capitalize() if group == STARTERS else name
    return Choice(str(row.path), label, detail, group, row.classes, row.mean_iou)


def _published_choices() -> list[Choice]:
    from segstudio import models

    found = []
    for name in models.names():
        spec = models.spec(name)
        for weights in spec.weights.values():
            detail = f"{weights.label}: a download of {weights.megabytes} MB, once"
            key = f"{name}/{weights.name}"
            found.append(Choice(key, spec.label, detail, WEIGHTS, weights.classes))
    return found
