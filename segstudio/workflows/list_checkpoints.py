"""Which checkpoints there are to choose from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.core.resources import resource


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One checkpoint file.

    ``mean_iou`` is the trainer's validation figure, 0 to 1, where the file states one; ``failure``
    says why the file cannot be used, and is empty where it can.
    """

    path: Path
    architecture: str = ""
    classes: ClassTable = field(default_factory=ClassTable)
    mean_iou: float | None = None
    failure: str = ""


def starters() -> list[Path]:
    """The checkpoints that ship with SegStudio."""
    return sorted(resource("starters").glob("*.safetensors"))


def list_checkpoints(paths: Iterable[Path]) -> Iterator[Progress]:
    """Read what checkpoints say of themselves, without their weights.

    The last progress carries a list of :class:`CheckpointRow` in the order of ``paths``.
    """
    wanted = list(paths)
    rows: list[CheckpointRow] = []
    for number, path in enumerate(wanted, start=1):
        rows.append(_row(path))
        yield Progress(number, len(wanted), path.name, list(rows))
    if not wanted:
        yield Progress(0, 0, "", rows)


def _row(path: Path) -> CheckpointRow:
    from segstudio.models.checkpoint import describe_checkpoint

    try:
        card = describe_checkpoint(path)
    except SegStudioError as error:
        return CheckpointRow(path, failure=str(error))
    figure = card.training.get("mean_iou")
    return CheckpointRow(
        path,
        card.architecture,
        card.classes,
        float(figure) if isinstance(figure, int | float) else None,
    )
