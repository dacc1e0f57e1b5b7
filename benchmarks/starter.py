"""What the starter checkpoints reach on pictures of a seed that they have never seen.

    python benchmarks/starter.py [--count 40] [--seed 2] [--json FILE]
    python benchmarks/starter.py --pack RUN NAME

The first prints, for each starter, file size, IoU by class, and the time for drawing and for
predicting one picture. The second turns a training run into the starter NAME: the run's best
network in half precision. How the starters were trained stands in resources/starters/README.md.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from segstudio.core.resources import resource
from segstudio.formats import indexed_png
from segstudio.formats.parts.class_files import classes_beside
from segstudio.imaging import open_source
from segstudio.inference.predictor import Predictor
from segstudio.models import checkpoint
from segstudio.training.folders import MaskFolder
from segstudio.training.metrics import ConfusionMatrix
from segstudio.workflows.draw_sample import draw_sample

STARTERS = ("scenes", "cells")


def main() -> None:
    """Measure, or pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=40, help="pictures for each starter")
    parser.add_argument("--seed", type=int, default=2, help="of the pictures; training used 1")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--pack", nargs=2, metavar=("RUN", "NAME"), help="make a starter")
    arguments = parser.parse_args()
    if arguments.pack:
        pack(Path(arguments.pack[0]), arguments.pack[1])
        return
    figures = {
        name: measure(name, arguments.count, arguments.seed, arguments.device) for name in STARTERS
    }
    for name, found in figures.items():
        print_table(name, found)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


def pack(run: Path, name: str) -> None:
    """Write a run's best network as a starter."""
    path = resource("starters", f"{name}.safetensors")
    checkpoint.save(checkpoint.load(run / "checkpoint.safetensors"), path, half=True)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def measure(name: str, count: int, seed: int, device: str = "cpu") -> dict[str, Any]:
    """Figures of one starter on ``count`` freshly drawn pictures."""
    path = resource("starters", f"{name}.safetensors")
    predictor = Predictor(path, device=device)
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        drawn = {other: count if other == name else 0 for other in STARTERS}
        *_, _last = draw_sample(Path(home), **drawn, seed=seed)
        drawing = (time.perf_counter() - begin) / count
        scores, seconds = _predict_all(predictor, Path(home) / name)
    return {
        "file_mb": path.stat().st_size / 1e6,
        "pictures": count,
        "seed": seed,
        "device": predictor.device.name,
        "mean_iou": scores.mean_iou,
        "pixel_accuracy": scores.pixel_accuracy,
        "iou": scores.per_class_iou,
        "ms_predict": 1000 * statistics.median(seconds),
        "ms_draw": 1000 * drawing,
    }


def _predict_all(predictor: Predictor, folder: Path) -> tuple[Any, list[float]]:
    """Scores over a dataset folder, and seconds for each picture."""
    matrix, seconds = ConfusionMatrix(classes_beside(folder)), []
    for name, picture, mask in MaskFolder.open(folder).pairs:
        frame = open_source(picture).frame(0)
        begin = time.perf_counter()
        predicted = predictor.predict(frame.pixels, frame.window).ids()
        seconds.append(time.perf_counter() - begin)
        matrix.add(indexed_png.decode(mask.read_bytes(), mask), predicted, name)
    return matrix.scores(), seconds


def print_table(name: str, found: dict[str, Any]) -> None:
    """Print one starter's figures."""
    print(
        f"{name}: {found['file_mb']:.2f} MB, {found['pictures']} pictures of seed {found['seed']}"
    )
    for label, iou in found["iou"].items():
        print(f"  IoU {label:12} {iou:6.3f}")
    print(f"  {'mean IoU':16} {found['mean_iou']:6.3f}")
    print(f"  {'pixel accuracy':16} {found['pixel_accuracy']:6.3f}")
    print(f"  {'predict one, ms':16} {found['ms_predict']:6.0f}   ({found['device']}, median)")
    print(f"  {'draw one, ms':16} {found['ms_draw']:6.0f}   (with writing)\n")


if __name__ == "__main__":
    main()
