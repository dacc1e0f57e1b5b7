"""Bare forward passes beside the whole way from a picture to label ids.

    python benchmarks/inference.py [--architectures unet fcn_resnet50] [--sizes 480x360]
                                   [--runs 5] [--device auto] [--threads N] [--json FILE]

For each architecture and size, in turn in one process: PyTorch's eager float32 forward pass, the
forward pass of the backend that SegStudio chooses, and ``Predictor.labels`` from a uint8 array to
label ids. Then the peak memory of a process that does nothing but the latter, and the rate of
floating-point operations beside that of one large matrix product in the same precision. On a card
also pictures per second at batch 1 and at the best batch.

Weights are random, which changes no time but makes near ties; so the rule that a backend must agree
with PyTorch is left out, and its agreement printed instead.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.inference import choice
from segstudio.inference.device import Device, choose, fast_type
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import Checkpoint

_CLASSES = 21
_EDGE_OF_MATRIX = {"cpu": 2048, "cuda": 8192, "mps": 4096}
_BATCHES = (1, 2, 4, 8, 16, 32, 64)
_HEAD = (
    f"{'architecture':22} {'size':>9} {'eager ms':>9} {'forward':>8} {'labels':>8} {'/eager':>7} "
    f"{'/forw.':>7} {'agree':>7} {'GFLOP':>6} {'/matmul':>7} {'MiB':>6}  backend"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One architecture at one size; times are medians in milliseconds.

    ``eager`` is PyTorch's forward pass in float32, ``forward`` the chosen backend's, ``labels`` the
    whole way. ``of_eager`` and ``of_forward`` are medians of ratios of runs in turn.
    """

    architecture: str
    size: str
    backend: str
    eager: float
    forward: float
    labels: float
    of_eager: float
    of_forward: float
    agreement: float
    gigaflops: float
    of_matrix_rate: float
    peak_mebibytes: float = 0.0
    pictures_per_second: float = 0.0
    best_batch: int = 1
    best_pictures_per_second: float = 0.0

    def told(self) -> str:
        """One line of the table."""
        line = (
            f"{self.architecture:22} {self.size:>9} {self.eager:9.0f} {self.forward:8.0f} "
            f"{self.labels:8.0f} {self.of_eager:7.2f} {self.of_forward:7.3f} "
            f"{self.agreement:7.4f} {self.gigaflops:6.0f} {self.of_matrix_rate:7.2f} "
            f"{self.peak_mebibytes:6.0f}  {self.backend}"
        )
        if not self.pictures_per_second:
            return line
        best = f"{self.best_pictures_per_second:.0f}/s at batch {self.best_batch}"
        return f"{line}, {self.pictures_per_second:.0f}/s at batch 1, {best}"


def main() -> None:
    """Measure and print the table."""
    arguments = _arguments()
    steps: dict[str, Callable[[str, str, argparse.Namespace], Any]]
    steps = {"choose": _choose, "time": _time, "peak": _peak}
    if arguments.step:
        step = steps[arguments.step]
        print(json.dumps(step(arguments.architectures[0], arguments.sizes[0], arguments)))
        return
    print(_HEAD)
    rows = []
    for architecture in arguments.architectures:
        for size in arguments.sizes:
            try:
                rows.append(_row(architecture, size, arguments))
                print(rows[-1].told(), flush=True)
            except RuntimeError as error:
                print(f"{architecture:22} {size:>9} {error}", flush=True)
    if arguments.json:
        figures = {"torch": torch.__version__, "rows": [asdict(row) for row in rows]}
        arguments.json.write_text(json.dumps(figures, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--architectures", nargs="+", default=models.names(), metavar="NAME")
    parser.add_argument("--sizes", nargs="+", default=["480x360", "1920x1080"], metavar="WxH")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _row(architecture: str, size: str, arguments: argparse.Namespace) -> Row:
    """Choose, time and weigh, each in a process of its own; they meet in a cache of their own."""
    words = ["--architectures", architecture, "--sizes", size, "--runs", str(arguments.runs)]
    words += ["--device", arguments.device, "--threads", str(arguments.threads)]
    with tempfile.TemporaryDirectory() as cache:
        agreement: dict[str, float] = _child(["--step", "choose", *words], cache)
        row = Row(**_child(["--step", "time", *words], cache))
        peak: float = _child(["--step", "peak", *words], cache)
    return replace(row, agreement=agreement.get(row.backend, 1.0), peak_mebibytes=peak)


def _child(words: list[str], cache: str) -> Any:
    command = [sys.executable, "-W", "ignore", __file__, *words]
    environment = {**os.environ, "SEGSTUDIO_CACHE": cache}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["killed, for memory perhaps"])[-1]
        raise RuntimeError(f"failed: {last}")
    return json.loads(done.stdout.splitlines()[-1])


def _choose(architecture: str, size: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Measure the backends; how each agrees with PyTorch."""
    choice.LEAST_AGREEMENT = 0.0
    predictor, picture = _prepared(architecture, size, arguments)
    if predictor.device.kind != "cpu":
        return {}
    *_, last = predictor.choose_backend(picture)
    chosen = last.payload
    assert isinstance(chosen, choice.Choice)
    return chosen.agreement


def _time(architecture: str, size: str, arguments: argparse.Namespace) -> dict[str, Any]:
    predictor, picture = _prepared(architecture, size, arguments)
    device, runner = predictor.device, predictor.runner
    torch.set_num_threads(arguments.threads)
    network = predictor.checkpoint.build().to(device.name)
    x = runner.normalised(
        picture.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    ).contiguous()
    finish = torch.cuda.synchronize if device.kind == "cuda" else _nothing

    def eager() -> None:
        network(x)
        finish()

    def forward() -> None:
        runner.forward(x)
        finish()

    with torch.inference_mode():
        times = _in_turn([eager, forward, lambda: predictor.labels(picture)], arguments.runs)
        rate = _matrix_rate(device, finish)
        with FlopCounterMode(display=False) as counter:
            network(x)
    gigaflops = counter.get_total_flops() / 1e9
    medians = [statistics.median(series) * 1e3 for series in times]
    row = Row(
        architecture,
        size,
        predictor.backend,
        eager=medians[0],
        forward=medians[1],
        labels=medians[2],
        of_eager=_ratio(times[2], times[0]),
        of_forward=_ratio(times[2], times[1]),
        agreement=1.0,
        gigaflops=gigaflops,
        of_matrix_rate=gigaflops / medians[1] * 1e3 / rate,
    )
    if device.kind == "cuda":
        row = _with_batches(row, network, x, fast_type(device))
    return asdict(row)


def _peak(architecture: str, size: str, arguments: argparse.Namespace) -> float:
    """MiB that predicting takes: the process's, or on a card what is allocated there."""
    predictor, picture = _prepared(architecture, size, arguments)
    for _ in range(2):
        predictor.labels(picture)
    if predictor.device.kind == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _prepared(
    architecture: str, size: str, arguments: argparse.Namespace
) -> tuple[Predictor, NDArray[np.uint8]]:
    width, height = map(int, size.split("x"))
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    torch.manual_seed(0)
    network = models.create(architecture, classes=_CLASSES)
    checkpoint = Checkpoint(
        architecture,
        {},
        ClassTable.of_names([f"class {index}" for index in range(_CLASSES)]),
        3,
        models.Normalisation.imagenet(),
        state=network.state_dict(),
    )
    device = choose(arguments.device)
    return Predictor(checkpoint, device.name, threads=arguments.threads), picture


def _in_turn(calls: list[Callable[[], object]], runs: int) -> list[list[float]]:
    """Seconds of each call; after a warm-up, one of each, again and again."""
    for call in calls * 2:
        call()
    return [
        list(series)
        for series in zip(*([_seconds(call) for call in calls] for _ in range(runs)), strict=True)
    ]


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def _matrix_rate(device: Device, finish: Callable[[], object]) -> float:
    """GFLOP/s of a large matrix product in the precision that networks run in."""
    edge = _EDGE_OF_MATRIX[device.kind]
    matrix = torch.randn(edge, edge, device=device.name, dtype=fast_type(device) or torch.float32)

    def multiply() -> None:
        torch.mm(matrix, matrix)
        finish()

    return 2 * edge**3 / statistics.median(_in_turn([multiply], 5)[0]) / 1e9


def _with_batches(row: Row, network: nn.Module, x: Tensor, half: torch.dtype | None) -> Row:
    """Pictures per second of larger batches, until memory ends."""
    network = network.to(memory_format=torch.channels_last)
    rates: dict[int, float] = {}
    for batch in _BATCHES:
        try:
            pictures = x.expand(batch, -1, -1, -1).contiguous(memory_format=torch.channels_last)

            def forward(pictures: Tensor = pictures) -> None:
                with torch.inference_mode(), torch.autocast("cuda", half, cache_enabled=False):
                    network(pictures)
                torch.cuda.synchronize()

            rates[batch] = batch / statistics.median(_in_turn([forward], 5)[0])
        except torch.OutOfMemoryError:
            break
    rates[1] = max(rates.get(1, 0.0), 1e3 / row.forward)
    best = max(rates, key=rates.__getitem__)
    return replace(
        row,
        pictures_per_second=rates[1],
        best_batch=best,
        best_pictures_per_second=rates[best],
    )


def _nothing() -> None:
    """The CPU is done when a call returns."""


if __name__ == "__main__":
    main()
