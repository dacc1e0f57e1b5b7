"""Training from labelled frames to the best checkpoint: puts the parts of a run together."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

import segstudio
from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.inference.device import Device, choose
from segstudio.inference.opening import open_model
from segstudio.models.checkpoint import Checkpoint
from segstudio.models.parts.weights import download
from segstudio.training.batches import Crops
from segstudio.training.dataset import Example, Skipped
from segstudio.training.learner import Learner, precision_for
from segstudio.training.losses import balancing_weights
from segstudio.training.plan import Plan, initial_weights, make_plan, run_length
from segstudio.training.reading import Datasets, read_datasets
from segstudio.training.run import Run
from segstudio.training.run_folder import RunFolder
from segstudio.training.schedule import Schedule
from segstudio.training.settings import TrainSettings
from segstudio.training.transfer import network_from


def train(
    training: Sequence[Example],
    validation: Sequence[Example],
    classes: ClassTable,
    settings: TrainSettings,
    run_folder: Path,
    resume: bool = False,
    started: float | None = None,
    left_out: Sequence[Skipped] = (),
) -> Iterator[Progress]:
    """Train a network; stop by closing the generator, which keeps the best checkpoint.

    Parameters
    ----------
    training
        Labelled frames to learn from.
    validation
        Labelled frames to score on; where there are none, a seeded share of ``training`` is held
        back.
    classes
        Logit ``c`` of the network speaks of ``classes.classes[c]``.
    settings
        What to train, and for how long.
    run_folder
        Gets ``checkpoint.safetensors`` (the best network by mean IoU on the validation frames),
        ``config.json``, ``metrics.csv`` and ``resume.pt``.
    resume
        Go on with the run in this folder. It keeps its network, crops and seed; its length may be
        another one.
    started
        ``time.monotonic()`` when the job began, where minutes shall count from there.
    left_out
        What the caller could not use, for ``config.json``.

    Yields
    ------
    :class:`Progress`; from the first step on with a :class:`TrainReport` as payload, of which the
    last one is the result.

    Raises
    ------
    SegStudioError
        Where there is nothing to learn from, the folder holds another run, training diverges, or
        memory does not suffice even for one crop.
    """
    started = time.monotonic() if started is None else started
    folder = RunFolder(run_folder, classes)
    state = folder.claim(resume)
    start = None
    if settings.init is not None and state is None:
        start = yield from open_model(settings.init.as_posix())
    initial = initial_weights(settings) if start is None and state is None else None
    if initial is not None:
        for report in download(initial):
            yield Progress(report.done, report.total, report.message)
    device = choose(settings.device)
    data = yield from read_datasets(
        training, validation, classes, settings.validation_share, settings.seed
    )
    plan = _plan(settings, data, device, start) if state is None else _resumed_plan(state, classes)
    crops = Crops(data.training, classes, plan)
    if state is None:
        weights = balancing_weights(data.training.class_pixels[list(classes.ids)].tolist())
        plan = replace(plan, class_weights=weights)
    if initial is not None:
        plan = replace(plan, normalisation=models.Normalisation.imagenet(plan.channels))
    elif start is None and state is None:
        plan = replace(plan, normalisation=crops.normalisation())
    precision = precision_for(settings.precision, device)
    learner = Learner(_first_network(plan, classes, start, initial), plan, device, precision)
    schedule = _schedule(settings, state, started)
    config = {
        "settings": settings.to_json(),
        "plan": plan.to_json(),
        "steps": schedule.steps,
        "seconds": schedule.seconds,
        "device": asdict(device),
        "precision": precision,
        "classes": classes.to_json(),
        "training_frames": data.training.names,
        "validation_frames": data.validation.names,
        "left_out": [asdict(skip) for skip in (*left_out, *data.skipped)],
        "versions": {"segstudio": segstudio.__version__, "torch": torch.__version__},
    }
    folder.write_config(config)
    run = Run(plan, classes, learner, crops, data.validation, schedule, device, folder, state)
    try:
        yield from run.go()
    finally:
        run.close()


def _plan(
    settings: TrainSettings, data: Datasets, device: Device, start: Checkpoint | None
) -> Plan:
    frames = data.training
    on_cpu = device.kind == "cpu"
    return make_plan(settings, frames.typical_size(), frames.has_colour, on_cpu, start)


def _resumed_plan(state: Mapping[str, Any], classes: ClassTable) -> Plan:
    if ClassTable.from_json(state["classes"]).ids != classes.ids:
        raise SegStudioError(
            "run",
            "cannot be resumed: the class table has changed since",
            "Start a new run from its checkpoint.",
        )
    return Plan.from_json(state["plan"])


def _schedule(settings: TrainSettings, state: Mapping[str, Any] | None, started: float) -> Schedule:
    """The settings' length; a resumed run whose settings name none keeps its own."""
    steps, seconds = run_length(settings)
    if state is None:
        return Schedule(steps, seconds, settings.evaluate_every, started)
    if settings.steps is None and settings.minutes is None:
        steps, seconds = state["steps"], state["seconds"]
    return Schedule(steps, seconds, settings.evaluate_every, started, state["elapsed"])


def _first_network(
    plan: Plan,
    classes: ClassTable,
    start: Checkpoint | None,
    initial: models.InitialWeights | None,
) -> nn.Module:
    """The network before its first step; random weights come from the plan's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        if start is not None:
            return network_from(start, classes)
        options = plan.options if initial is None else {**plan.options, "weights": initial.name}
        return models.create(
            plan.architecture, classes=len(classes), channels=plan.channels, **options
        )
