"""Training runs of a project: one folder each, named by when and what."""

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segstudio.core.atomic import make_folder
from segstudio.core.errors import SegStudioError

CHECKPOINT = "checkpoint.safetensors"
_WHEN = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"(\d{8}-\d{6})-(.+)")


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that has a checkpoint.

    Attributes
    ----------
    folder, checkpoint
        Where it lies.
    when
        When it began, local time; None where the folder's name does not tell.
    model
        Name of the architecture, or the folder's name.
    """

    folder: Path
    checkpoint: Path
    when: datetime | None
    model: str


def find_runs(folder: Path) -> list[Run]:
    """All runs with a checkpoint in a ``runs`` folder, newest first."""
    runs = [_run(path.parent) for path in folder.glob(f"*/{CHECKPOINT}")]
    return sorted(runs, key=lambda run: (run.when or datetime.min, run.folder.name), reverse=True)


def make_run_folder(folder: Path, model: str) -> Path:
    """A new, empty folder for a run that begins now.

    Raises
    ------
    SegStudioError
        Where it cannot be made.
    """
    plain = re.sub(r"[^\w.-]+", "-", model).strip("-.") or "model"
    name = f"{datetime.now().strftime(_WHEN)}-{plain}"
    make_folder(folder)
    for count in range(1, 1000):
        path = folder / (name if count == 1 else f"{name}-{count}")
        if not path.exists():
            return make_folder(path)
    raise SegStudioError(folder, "holds a thousand runs of this second", "Move them away.")


def _run(folder: Path) -> Run:
    match = _NAME.fullmatch(folder.name)
    when, model = None, folder.name
    if match is not None:
        with contextlib.suppress(ValueError):  # a date that no calendar has
            when, model = datetime.strptime(match[1], _WHEN), match[2]
    return Run(folder, folder / CHECKPOINT, when, model)
