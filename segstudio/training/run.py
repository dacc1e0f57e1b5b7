"""One training run: learn, evaluate, keep the best, stop at any moment, go on later."""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.inference.device import Device
from segstudio.models.checkpoint import Checkpoint
from segstudio.training.batches import Crops, Prefetcher
from segstudio.training.dataset import FrameSet
from segstudio.training.evaluation import evaluate
from segstudio.training.learner import Learner, diverged, out_of_memory
from segstudio.training.metrics import Scores
from segstudio.training.plan import Plan
from segstudio.training.report import TrainReport
from segstudio.training.run_folder import RunFolder
from segstudio.training.schedule import Schedule, rate_factor

_LOSSES_SHOWN = 20
_STEPS_PER_METRIC_ROW = 20
_GPU_WORKERS = 4
_PARTS = 1000


class Run:
    """A run from its first step, or from where it was stopped.

    Parameters
    ----------
    plan, classes
        What is trained.
    learner, crops, validation
        The network, what it learns from, and what it is scored on.
    schedule, device, folder
        For how long, where, and where the results go.
    state
        What the run left behind when it was stopped, or None for a new one.
    """

    def __init__(
        self,
        plan: Plan,
        classes: ClassTable,
        learner: Learner,
        crops: Crops,
        validation: FrameSet,
        schedule: Schedule,
        device: Device,
        folder: RunFolder,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._plan, self._classes = plan, classes
        self._learner, self._crops, self._validation = learner, crops, validation
        self._schedule, self._device, self._folder = schedule, device, folder
        self._step = self._seen = self._evaluated_step = 0
        self._best: float | None = None
        if state is not None:
            learner.restore(state)
            self._step, self._seen, self._best = state["step"], state["seen"], state["best"]
            self._evaluated_step = state["evaluated_step"]
        self._saved_step = self._step
        self._rate = 0.0
        self._losses: deque[float] = deque(maxlen=_LOSSES_SHOWN)
        self._training_seconds, self._crops_learnt = 0.0, 0
        self._batches = self._prefetch()

    def go(self) -> Iterator[Progress]:
        """Learn and evaluate until the schedule ends."""
        where = f"{self._device.name} ({self._device.reason})"
        yield self._progress(f"Training {self._plan.architecture} on {where}")
        while not self._schedule.over(self._step):
            yield from self._learn()
            if self._schedule.evaluation_due(self._step):
                yield from self._evaluate()
        if self._evaluated_step != self._step:
            yield from self._evaluate()
        yield self._progress("Trained" if self._best is None else f"Best mIoU {self._best:.4f}")

    def close(self) -> None:
        """End the threads and keep what is worth keeping; safe at any moment."""
        self._batches.close()
        if self._saved_step == self._step or not self._learner.average.finite():
            return
        if self._best is None:
            self._folder.write_checkpoint(self._checkpoint())
        self._save_state()

    def _learn(self) -> Iterator[Progress]:
        self._rate = self._plan.lr * rate_factor(self._schedule.share(self._step))
        began = time.perf_counter()
        batch = self._batches.take()
        try:
            loss = self._learner.learn(batch, self._crops, self._rate)
        except RuntimeError as error:
            if not out_of_memory(error):
                raise
            yield self._progress(self._with_smaller_batches())
            return
        self._training_seconds += time.perf_counter() - began
        self._crops_learnt += len(batch)
        self._seen += len(batch)
        self._step += 1
        if loss is not None:
            self._losses.append(loss)
        if self._step % _STEPS_PER_METRIC_ROW == 0:
            self._folder.note(**self._row())
        yield self._progress(f"Step {self._step}" + (f", loss {loss:.3f}" if loss else ""))

    def _with_smaller_batches(self) -> str:
        """Halve the batches after running out of memory; gives the message."""
        size = self._plan.batch_size // 2
        if size < 1:
            raise SegStudioError(
                self._device.name,
                f"has too little memory for one crop of {self._plan.crop[1]}x{self._plan.crop[0]}",
                "Choose a smaller crop, a narrower network, or another device.",
            )
        self._learner.forget_gradients()
        self._batches.close()
        self._plan = replace(self._plan, batch_size=size)
        self._batches = self._prefetch()
        return f"{self._device.name} ran out of memory: going on with batches of {size}"

    def _evaluate(self) -> Iterator[Progress]:
        if not self._learner.average.finite():
            raise diverged()
        began = self._schedule.elapsed()
        scoring = evaluate(self._checkpoint(), self._validation, self._device.name)
        scores: Scores | None = None
        while scores is None:
            try:
                yield self._progress(next(scoring).message)
            except StopIteration as end:
                scores = end.value
        mean_iou = scores.mean_iou or 0.0
        self._evaluated_step = self._step
        if self._best is None or mean_iou > self._best:
            self._best = mean_iou
            self._folder.write_checkpoint(self._checkpoint(scores))
        self._folder.note(**self._row(scores), per_class=scores.per_class_iou)
        self._save_state()
        self._schedule.evaluated(self._schedule.elapsed() - began)
        yield self._progress(f"Step {self._step}, mIoU {mean_iou:.4f}", scores)

    def _checkpoint(self, scores: Scores | None = None) -> Checkpoint:
        """The averaged network as it is now."""
        plan = self._plan
        summary = {
            "step": self._step,
            "crop": list(plan.crop),
            "loss": self._loss(),
            "mean_iou": scores.mean_iou if scores else None,
            "pixel_accuracy": scores.pixel_accuracy if scores else None,
        }
        return Checkpoint(
            architecture=plan.architecture,
            options=plan.options,
            classes=self._classes,
            channels=plan.channels,
            normalisation=plan.normalisation,
            training=summary,
            state={key: value.cpu() for key, value in self._learner.average.state.items()},
            scale=plan.scale,
        )

    def _save_state(self) -> None:
        self._folder.write_metrics()
        self._folder.write_state(
            {
                **self._learner.state(),
                "plan": self._plan.to_json(),
                "classes": self._classes.to_json(),
                "step": self._step,
                "seen": self._seen,
                "best": self._best,
                "evaluated_step": self._evaluated_step,
                "elapsed": self._schedule.elapsed(),
                "steps": self._schedule.steps,
                "seconds": self._schedule.seconds,
            }
        )
        self._saved_step = self._step

    def _prefetch(self) -> Prefetcher:
        # A network that trains on the CPU needs the cores itself.
        workers = 1 if self._device.kind == "cpu" else _GPU_WORKERS
        return Prefetcher(self._crops, self._seen, self._plan.batch_size, workers)

    def _loss(self) -> float | None:
        return sum(self._losses) / len(self._losses) if self._losses else None

    def _row(self, scores: Scores | None = None) -> dict[str, Any]:
        return {
            "step": self._step,
            "seconds": round(self._schedule.elapsed(), 1),
            "lr": self._rate,
            "loss": self._loss(),
            "mean_iou": scores.mean_iou if scores else None,
            "pixel_accuracy": scores.pixel_accuracy if scores else None,
        }

    def _progress(self, message: str, scores: Scores | None = None) -> Progress:
        schedule = self._schedule
        report = TrainReport(
            step=self._step,
            steps=schedule.expected_steps(self._step),
            loss=self._loss(),
            lr=self._rate,
            seconds=schedule.elapsed(),
            eta_seconds=schedule.remaining(self._step),
            images_per_second=self._crops_learnt / max(self._training_seconds, 1e-9),
            mean_iou=scores.mean_iou if scores else None,
            pixel_accuracy=scores.pixel_accuracy if scores else None,
            per_class_iou=scores.per_class_iou if scores else None,
            best_mean_iou=self._best,
            checkpoint=self._folder.checkpoint if self._best is not None else None,
        )
        return Progress(round(_PARTS * schedule.share(self._step)), _PARTS, message, report)
