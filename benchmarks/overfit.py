"""Can every architecture learn eight CamVid frames by heart?

    python benchmarks/overfit.py [--architectures unet segnet] [--device auto] [--minutes 2]
                                 [--scale 1.0] [--width 16] [--json FILE]

A network that cannot is built or trained wrongly. Each one trains from random weights on the
eight frames, whole and unvaried, and is scored on the same frames with the same code as any
training; it stops at a mean IoU of 0.90. ``--width`` narrows the networks that have this option,
for machines without a graphics card.
"""

import argparse
import json
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import torch

from segstudio import models
from segstudio.core.options import describe
from segstudio.training.report import TrainReport
from segstudio.training.settings import TrainSettings
from segstudio.workflows.fine_tune import FineTuneRequest, fine_tune

_VOID, _FRAMES, _GOAL = 11, 8, 0.90


def main() -> None:
    """Train one after the other and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--architectures", nargs="*", default=models.names())
    parser.add_argument("--device", default="auto")
    parser.add_argument("--minutes", type=float, default=2.0, help="most, for each network")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--width", type=int)
    parser.add_argument("--lr", type=float, help="else as any training chooses it")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/camvid"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not on this machine")
    print(f"{'':22}{'million weights':>16}{'steps':>8}{'seconds':>9}{'mIoU':>8}  goal", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        frames = _some_frames(arguments.data / "train", Path(folder) / "frames")
        for name in arguments.architectures:
            settings = _settings(name, arguments)
            row = {"name": name, **measure(frames, Path(folder) / name, settings)}
            rows.append(row)
            reached = "reached" if row["mean_iou"] >= _GOAL else "missed"
            print(
                f"{name:22}{row['parameters'] / 1e6:16.1f}{row['step']:8d}"
                f"{row['seconds']:9.0f}{row['mean_iou']:8.3f}  {reached}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2))


def measure(frames: Path, run: Path, settings: TrainSettings) -> dict[str, Any]:
    """Train until the goal or the end of the time; gives the figures by name."""
    best = TrainReport(0, 0, None, 0.0, 0.0, 0.0)
    with closing(fine_tune(FineTuneRequest(frames, run, settings, frames))) as steps:  # type: ignore[type-var]
        for progress in steps:
            report = progress.payload
            if isinstance(report, TrainReport) and report.mean_iou is not None:
                best = report
                if report.mean_iou >= _GOAL:
                    break
    shutil.rmtree(run)
    return {
        "parameters": _parameters(settings),
        "step": best.step,
        "seconds": best.seconds,
        "mean_iou": best.best_mean_iou or 0.0,
    }


def _settings(name: str, arguments: argparse.Namespace) -> TrainSettings:
    options = {option.name for option in describe(models.spec(name).options)}
    narrow = {"width": arguments.width} if arguments.width and "width" in options else {}
    return TrainSettings(
        model=name,
        options=narrow,
        augmentation="none",
        minutes=arguments.minutes,
        batch_size=_FRAMES,
        scale=arguments.scale,
        crop=(round(360 * arguments.scale), round(480 * arguments.scale)),
        lr=arguments.lr,
        evaluate_every=25,
        device=arguments.device,
        void_ids=(_VOID,),
    )


def _parameters(settings: TrainSettings) -> int:
    with torch.device("meta"):
        network = models.create(settings.model, classes=_VOID, **settings.options)
    return sum(weight.numel() for weight in network.parameters())


def _some_frames(source: Path, target: Path) -> Path:
    """Eight frames spread over the set, as a dataset of its own."""
    names = sorted(path.stem for path in (source / "images").iterdir())
    for name in names[:: len(names) // _FRAMES][:_FRAMES]:
        for kind, suffix in (("images", ".jpg"), ("masks", ".png")):
            (target / kind).mkdir(parents=True, exist_ok=True)
            shutil.copy(source / kind / (name + suffix), target / kind)
    return target


if __name__ == "__main__":
    main()
