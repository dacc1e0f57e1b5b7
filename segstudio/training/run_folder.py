"""The folder of one training run: best checkpoint, configuration, curves, and where to go on."""

import csv
import io
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models.checkpoint import Checkpoint, save

_COLUMNS = ("step", "seconds", "lr", "loss", "mean_iou", "pixel_accuracy")


class RunFolder:
    """Files of a run; every one is replaced as a whole, so that no stop can tear it.

    Parameters
    ----------
    path
        The folder, made when the first file is written.
    classes
        Each class is a column of ``metrics.csv``.

    Attributes
    ----------
    checkpoint
        Path of the best network so far.
    """

    def __init__(self, path: Path, classes: ClassTable) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint.safetensors"
        self._state = path / "resume.pt"
        self._metrics = path / "metrics.csv"
        self._config = path / "config.json"
        self._columns = (*_COLUMNS, *(f"iou {name}" for name in classes.names))
        self._rows: list[dict[str, Any]] = []

    def claim(self, resume: bool) -> dict[str, Any] | None:
        """Make sure that this run may write here.

        Returns
        -------
        With ``resume`` the state that the run left behind, else None.

        Raises
        ------
        SegStudioError
            Where a new run would overwrite another, or there is nothing to resume.
        """
        if resume:
            state = self._read_state()
            self._rows = [row for row in self._read_metrics() if int(row["step"]) <= state["step"]]
            return state
        if self.checkpoint.exists() or self._state.exists():
            raise SegStudioError(
                self.path,
                "holds a training run already",
                "Choose another folder, or resume that run.",
            )
        return None

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Write ``config.json``."""
        text = json.dumps(config, indent=2, ensure_ascii=False)
        write_bytes(self._config, text.encode())

    def note(self, per_class: Mapping[str, float | None] | None = None, **row: Any) -> None:
        """Remember a line of ``metrics.csv``: its columns by name, and IoU by class name."""
        self._rows.append(
            {**row, **{f"iou {name}": iou for name, iou in (per_class or {}).items()}}
        )

    def write_metrics(self) -> None:
        """Write ``metrics.csv`` with all lines so far."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        write_bytes(self._metrics, text.getvalue().encode())

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write the best network."""
        save(checkpoint, self.checkpoint)

    def write_state(self, state: Mapping[str, Any]) -> None:
        """Write what a resumed run needs: tensors and plain data only."""
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        write_bytes(self._state, buffer.getvalue())

    def _read_state(self) -> dict[str, Any]:
        try:
            state = torch.load(self._state, map_location="cpu", weights_only=True)
        except FileNotFoundError as error:
            raise SegStudioError(
                self.path, "holds no training run to resume", "Start a new one."
            ) from error
        # torch answers a damaged file with any of these, depending on where it is damaged.
        except (
            OSError,
            RuntimeError,
            ValueError,
            EOFError,
            KeyError,
            pickle.UnpicklingError,
        ) as error:
            raise SegStudioError(
                self._state, "cannot be resumed from: it is damaged", "Start a new run."
            ) from error
        return dict(state)

    def _read_metrics(self) -> list[dict[str, Any]]:
        if not self._metrics.exists():
            return []
        with self._metrics.open(newline="", encoding="utf-8") as file:
            return [dict(row) for row in csv.DictReader(file)]
