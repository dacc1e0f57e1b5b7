"""A U-Net from random weights on CamVid: how good is it after some minutes of this machine?

    python benchmarks/camvid_scratch.py [--minutes 10] [--data ../shared/data/camvid] [--json FILE]

Trains with the settings that ``segstudio finetune`` has by default, then segments the validation
pictures from the checkpoint and scores the written masks: both figures must be the same.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segstudio.core.progress import Progress
from segstudio.training.metrics import Scores
from segstudio.training.report import TrainReport
from segstudio.training.settings import TrainSettings
from segstudio.workflows.evaluate import evaluate
from segstudio.workflows.fine_tune import FineTuneRequest, fine_tune
from segstudio.workflows.segment_folder import SegmentRequest, segment_folder

_VOID = 11
_NAMES = (
    *("sky", "building", "pole", "road", "pavement", "tree"),
    *("sign", "fence", "car", "pedestrian", "bicyclist"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/camvid"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not on this machine")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments.data, arguments.minutes, Path(folder))
    for name, value in figures.items():
        print(f"{name:<22}{value:>10.4f}" if isinstance(value, float) else f"{name:<22}{value:>10}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


def measure(data: Path, minutes: float, folder: Path) -> dict[str, Any]:
    """Train, segment, score; gives the figures by name."""
    settings = TrainSettings(minutes=minutes, void_ids=(_VOID,))
    request = FineTuneRequest(data / "train", folder / "run", settings, data / "val")
    report = _last(fine_tune(request))
    assert isinstance(report, TrainReport)
    assert report.checkpoint is not None
    _last(segment_folder(SegmentRequest(data / "val", report.checkpoint, folder / "masks")))
    scores = _last(evaluate(folder / "masks", data / "val", void=_VOID))
    assert isinstance(scores, Scores)
    return {
        "minutes": report.seconds / 60,
        "steps": report.step,
        "images per second": report.images_per_second,
        "mean IoU, trainer": report.best_mean_iou,
        "mean IoU, evaluate": scores.mean_iou,
        "pixel accuracy": scores.pixel_accuracy,
        **{f"IoU {name}": score.iou for name, score in zip(_NAMES, scores.per_class, strict=True)},
    }


def _last(work: Iterator[Progress]) -> Any:
    payload = None
    for progress in work:
        payload = progress.payload
        report = payload if isinstance(payload, TrainReport) else None
        if report is not None and report.mean_iou is not None:
            print(f"step {report.step}: mean IoU {report.mean_iou:.4f}", file=sys.stderr)
    return payload


if __name__ == "__main__":
    main()
