"""The dense CRF: ours beside the authors' program, and the way from a slider to the pixels.

    python benchmarks/crf.py [--sizes 480x360 1920x1080] [--classes 2 11 21] [--runs 5]
                             [--json FILE]

For each size and number of classes, in turn in one process: pydensecrf, which builds its lattices
anew whatever has changed, and ours after a changed weight (both lattices are kept), after a changed
reach or tolerance (one is built anew) and for a new picture. Then the window's own way: from a
request to the preview, and to the exact result, as the CRF's processes answer them.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import cycle, product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.inference.crf import CrfParameters, Lattices, refine
from segstudio.samples.scenes import draw_scene

_SIZES = ("480x360", "1280x720", "1920x1080", "3840x2160")
_CLASSES = (2, 11, 21)
_ROUGH, _LEAN = 0.5, 2.0
_HEAD = (
    f"{'size':>9} {'classes':>7} {'theirs ms':>9} {'weight':>7} {'sigma':>7} {'new':>7} "
    f"{'/weight':>8} {'/sigma':>7} {'/new':>6} {'agree %':>8} {'lattices MiB':>12} "
    f"{'preview':>8} {'exact':>7}"
)

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Row:
    """Medians in milliseconds; the three ratios are medians of theirs to ours, run in turn."""

    size: str
    classes: int
    theirs: float
    weight: float
    sigma: float
    new: float
    over_weight: float
    over_sigma: float
    over_new: float
    agreement: float
    lattices_mib: float
    preview: float
    exact: float

    def told(self) -> str:
        """One line of the table."""
        return (
            f"{self.size:>9} {self.classes:>7} {self.theirs:>9.0f} {self.weight:>7.0f} "
            f"{self.sigma:>7.0f} {self.new:>7.0f} {self.over_weight:>8.1f} "
            f"{self.over_sigma:>7.1f} {self.over_new:>6.1f} {100 * self.agreement:>8.3f} "
            f"{self.lattices_mib:>12.0f} {self.preview:>8.0f} {self.exact:>7.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", default=list(_SIZES))
    parser.add_argument("--classes", nargs="+", type=int, default=list(_CLASSES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print(_HEAD)
    rows = []
    for size, classes in product(arguments.sizes, arguments.classes):
        rows.append(measure(size, classes, arguments.runs))
        print(rows[-1].told(), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MiB", file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))


def measure(size: str, classes: int, runs: int) -> Row:
    """One size with one number of classes."""
    width, height = map(int, size.split("x"))
    picture, probabilities = scene(height, width, classes)
    parameters = CrfParameters()
    refine(picture[:64, :64], probabilities[:, :64, :64], parameters)  # compiles
    lattices = Lattices(picture)
    ours = refine(picture, probabilities, parameters, lattices=lattices)
    agreement = float(np.mean(ours.argmax(0) == theirs(picture, probabilities, parameters)))
    changes = _changes(parameters)
    times = []
    for _ in range(runs):
        weight, sigma = next(changes)
        times.append(
            (
                _milliseconds(theirs, picture, probabilities, parameters),
                _milliseconds(refine, picture, probabilities, weight, None, lattices),
                _milliseconds(refine, picture, probabilities, sigma, None, lattices),
                _milliseconds(refine, picture, probabilities, parameters),
            )
        )
        # Back to the lattices that the next changed weight finds.
        refine(picture, probabilities, parameters, lattices=lattices)
    preview, exact = from_slider_to_pixels(picture, probabilities, runs)
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    ratios = [statistics.median(t[0] / t[place] for t in times) for place in (1, 2, 3)]
    return Row(
        size,
        classes,
        **dict(zip(("theirs", "weight", "sigma", "new"), medians, strict=True)),
        **dict(zip(("over_weight", "over_sigma", "over_new"), ratios, strict=True)),
        agreement=agreement,
        lattices_mib=lattices.bytes / 2**20,
        preview=preview,
        exact=exact,
    )


def scene(height: int, width: int, classes: int) -> tuple[Picture, Floats]:
    """A drawn street at this size with a camera's noise, and probabilities as a network's."""
    rng = np.random.default_rng(0)
    drawn = draw_scene(3, 0)
    size = width, height
    sharp = cv2.resize(drawn.picture, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    picture = (sharp + rng.normal(0, 4, sharp.shape)).clip(0, 255).astype(np.uint8)
    ids = cv2.resize(drawn.ids, size, interpolation=cv2.INTER_NEAREST) % classes
    planes = []
    for channel in range(classes):
        wavering = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), 6)
        planes.append(_LEAN * (ids == channel) + wavering / wavering.std())
    logits = np.stack(planes) + rng.normal(0, _ROUGH, (classes, height, width))
    exponentials = np.exp(logits - logits.max(axis=0))
    return picture, (exponentials / exponentials.sum(axis=0)).astype(np.float32)


def theirs(picture: Picture, probabilities: Floats, parameters: CrfParameters) -> NDArray[np.intp]:
    """HxW channels by pydensecrf."""
    from pydensecrf.densecrf import DenseCRF2D

    channels, height, width = probabilities.shape
    field = DenseCRF2D(width, height, channels)
    unary = -np.log(np.clip(probabilities, 1e-5, 1)).reshape(channels, -1)
    field.setUnaryEnergy(np.ascontiguousarray(unary))
    field.addPairwiseGaussian(
        sxy=parameters.smoothness_sigma_xy, compat=parameters.smoothness_weight
    )
    field.addPairwiseBilateral(
        sxy=parameters.appearance_sigma_xy,
        srgb=parameters.appearance_sigma_rgb,
        rgbim=np.ascontiguousarray(picture),
        compat=parameters.appearance_weight,
    )
    refined = np.array(field.inference(parameters.iterations), np.float32)
    channels_of: NDArray[np.intp] = refined.argmax(axis=0).reshape(height, width)
    return channels_of


def from_slider_to_pixels(
    picture: Picture, probabilities: Floats, runs: int
) -> tuple[float, float]:
    """Milliseconds from a request to the preview and to the exact result, as the window asks."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    from segstudio.gui.crf_worker import CrfWorker

    application = QCoreApplication.instance() or QCoreApplication([])
    worker = CrfWorker()
    heard: dict[bool, float] = {}
    loop = QEventLoop()

    def refined(_tag: object, _channels: object, exact: bool) -> None:
        heard[exact] = time.perf_counter()
        if exact:
            loop.quit()

    worker.refined.connect(refined)
    worker.set_frame("scene", picture, probabilities)
    times = []
    weights = cycle((4.0, 6.0))
    for _ in range(runs + 1):
        heard.clear()
        asked = time.perf_counter()
        worker.request(replace(CrfParameters(), appearance_weight=next(weights)))
        loop.exec()
        # Small pictures have no preview: their exact result is as quick.
        times.append((heard.get(False, heard[True]) - asked, heard[True] - asked))
    worker.shutdown()
    application.processEvents()
    previews, exacts = zip(*times[1:], strict=True)  # the first one started the processes
    return 1000 * statistics.median(previews), 1000 * statistics.median(exacts)


def _changes(parameters: CrfParameters) -> Iterator[tuple[CrfParameters, CrfParameters]]:
    for step in cycle((1, 2)):
        yield (
            replace(parameters, appearance_weight=parameters.appearance_weight + step),
            replace(parameters, appearance_sigma_rgb=parameters.appearance_sigma_rgb + step),
        )


def _milliseconds(work: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
