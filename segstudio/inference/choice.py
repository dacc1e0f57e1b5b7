"""Which backend runs a checkpoint quickest on this CPU: measured once, and remembered.

A backend counts only where it labels at least 99.5 % of a picture's pixels as PyTorch does in
float32. Measurements and exported networks lie in the user's cache folder; whatever is missing or
damaged there is made again.
"""

import hashlib
import json
import logging
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.inference.backends.eager import Eager
from segstudio.inference.backends.onnx_runtime import OnnxRuntime
from segstudio.inference.backends.openvino import OpenVino
from segstudio.inference.backends.spec import Backend, BackendError, Forward, Job
from segstudio.inference.threads import threads_set
from segstudio.models.checkpoint import Checkpoint
from segstudio.models.parts.weights import cache_root

EAGER = Eager()
"""What every other backend is measured against."""

BACKENDS: tuple[Backend, ...] = (
    EAGER,
    Eager("PyTorch, bfloat16", half=True),
    OpenVino(),
    OpenVino("OpenVINO, bfloat16", half=True),
    OnnxRuntime(),
)

LEAST_AGREEMENT = 0.995

_LEAST_GAIN = 0.9
"""Share of PyTorch's time that a backend may take at most, to be worth its memory."""

_RUNS = 3
_SECONDS = 4.0
"""After this time a backend is measured no further."""

_MOST_BYTES = 2 << 30
"""Exported networks that are kept, the last used ones."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """A measurement's outcome.

    Attributes
    ----------
    backend
        Name of the quickest that agrees with PyTorch.
    share
        Time of one forward pass, of PyTorch's, for each that was measured: medians of runs in
        turn, so that it holds where others use the processor too.
    agreement
        Share of pixels labelled as PyTorch in float32 does.
    left_out
        Why a backend could not run the network.
    """

    backend: str
    share: dict[str, float] = field(default_factory=dict)
    agreement: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


class Chooser:
    """Measures, remembers and loads backends for one checkpoint.

    Parameters
    ----------
    checkpoint
        Its weights are part of what a measurement is remembered by.
    network
        Built from it, in eval mode, float32, on the CPU.
    threads
        Threads of one computation.
    """

    def __init__(self, checkpoint: Checkpoint, network: nn.Module, threads: int) -> None:
        self._checkpoint = checkpoint
        self._network = network
        self._threads = threads

    @cached_property
    def candidates(self) -> tuple[Backend, ...]:
        """Backends that are installed and that this CPU can run; PyTorch's own is the first."""
        return tuple(backend for backend in BACKENDS if backend.version())

    def remembered(self, shape: tuple[int, ...]) -> Choice | None:
        """What was measured for inputs (1,C,H,W) of this shape, by whichever process."""
        try:
            choice = Choice(**json.loads(self._note(shape).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return choice if choice.backend in [backend.name for backend in self.candidates] else None

    def load(self, name: str, shape: tuple[int, ...]) -> Forward | None:
        """A backend made ready; None, and forgotten, where that fails."""
        backend = next(backend for backend in BACKENDS if backend.name == name)
        job = self._job(shape)
        try:
            forward = backend.make(job)
        except BackendError as error:
            _log.warning("%s is not used: %s", name, error)
            self.forget(shape)
            return None
        with suppress(OSError):  # PyTorch's own has no file
            os.utime(job.file)  # used last, so removed last
        return forward

    def forget(self, shape: tuple[int, ...]) -> None:
        """Remove the measurement and the exported network of this shape."""
        for path in (self._note(shape), self._job(shape).file):
            _remove(path)

    def choose(self, x: Tensor) -> Iterator[Progress]:
        """Measure every available backend on a real input, and remember the outcome.

        Yields
        ------
        A report before each backend; the last one's payload is the :class:`Choice`.
        """
        shape, candidates = tuple(x.shape), self.candidates
        self.forget(shape)
        choice = Choice(EAGER.name)
        with threads_set(self._threads), torch.inference_mode():
            eager = EAGER.make(self._job(shape))
            wanted = eager(x).argmax(dim=1)
        for done, backend in enumerate(candidates):
            if backend is EAGER:
                continue
            yield Progress(done, len(candidates), f"Measuring {backend.name}")
            with threads_set(self._threads), torch.inference_mode():
                self._try(backend, eager, x, wanted, choice)
        choice = replace(choice, backend=_quickest(choice))
        self._remember(shape, choice)
        yield Progress(len(candidates), len(candidates), f"Chose {choice.backend}", choice)

    def _try(
        self, backend: Backend, eager: Forward, x: Tensor, wanted: Tensor, choice: Choice
    ) -> None:
        name = backend.name
        try:
            forward = backend.make(self._job(tuple(x.shape)))
            found = forward(x).argmax(dim=1)
        except (BackendError, RuntimeError, MemoryError) as error:
            _log.info("%s cannot run %s: %s", name, self._checkpoint.architecture, error)
            choice.left_out[name] = str(error)
            return
        choice.agreement[name] = float((found == wanted).float().mean())
        choice.share[name] = _share(lambda: forward(x), lambda: eager(x))

    def _remember(self, shape: tuple[int, ...], choice: Choice) -> None:
        note, exported = self._note(shape), self._job(shape).file
        if choice.backend.startswith(EAGER.name):
            _remove(exported)
        try:
            write_bytes(note, json.dumps(asdict(choice), indent=2).encode())
        except SegStudioError as error:
            _log.warning("the choice of a backend is not remembered: %s", error)
        _make_room(note.parent, exported)

    @cached_property
    def _identity(self) -> str:
        """Everything that a measurement depends on but the input's shape, as a short digest."""
        checkpoint = self._checkpoint
        facts = [
            checkpoint.architecture,
            checkpoint.options,
            checkpoint.channels,
            [backend.version() for backend in self.candidates],
            self._threads,
            _processor(),
        ]
        digest = hashlib.blake2b(json.dumps(facts).encode(), digest_size=12)
        for key, tensor in sorted(checkpoint.state.items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().data)
        return digest.hexdigest()

    def _job(self, shape: tuple[int, ...]) -> Job:
        count, channels, height, width = shape
        file = self._note(shape).with_suffix(".onnx")
        return Job(self._network, (count, channels, height, width), file, self._threads)

    def _note(self, shape: tuple[int, ...]) -> Path:
        height, width = shape[2:]
        return cache_root() / "backends" / f"{self._identity}-{width}x{height}.json"


def _processor() -> str:
    """The processor's name; a cache folder may be shared by several machines."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        text = ""
    model = next((line for line in text.splitlines() if line.startswith("model name")), "")
    return f"{model or platform.processor()} x {os.cpu_count()}"


def _quickest(choice: Choice) -> str:
    good = {
        name: share
        for name, share in choice.share.items()
        if choice.agreement[name] >= LEAST_AGREEMENT and share <= _LEAST_GAIN
    }
    return min(good, key=good.__getitem__, default=EAGER.name)


def _share(run: Callable[[], object], reference: Callable[[], object]) -> float:
    """Median time of ``run`` over that of ``reference``; the caller has warmed both up."""
    pairs: list[tuple[float, float]] = []
    started = time.perf_counter()
    while len(pairs) < _RUNS and time.perf_counter() - started < _SECONDS:
        pairs.append((_seconds(run), _seconds(reference)))
    return statistics.median(p[0] for p in pairs) / statistics.median(p[1] for p in pairs)


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _make_room(folder: Path, newest: Path) -> None:
    files = sorted(folder.glob("*.onnx"), key=_age)
    kept = 0
    for path in (newest, *(file for file in files if file != newest)):
        kept += path.stat().st_size if path.is_file() else 0
        if kept > _MOST_BYTES and path != newest:
            _remove(path)


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _remove(path: Path) -> None:
    with suppress(OSError):  # a file that stays costs room, or another measurement
        path.unlink(missing_ok=True)
