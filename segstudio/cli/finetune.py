"""``segstudio finetune``: train a network on labelled frames."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from segstudio.cli.parts import printing, progress
from segstudio.cli.parts.values import assignments, one_of
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.project.runs import make_run_folder
from segstudio.training.report import TrainReport
from segstudio.training.settings import DEFAULT_STEPS, LOSS_NAMES, PRECISIONS, TrainSettings

_DEFAULTS = TrainSettings()


def finetune(
    dataset: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET", help="A project, or a folder with images/ and masks/ (same stems)."
        ),
    ],
    model: Annotated[
        str, typer.Option(help="Architecture (see: segstudio models) or checkpoint file.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for checkpoint, settings and curves. Default: runs/WHEN-MODEL."),
    ] = None,
    val: Annotated[
        Path | None,
        typer.Option(help="Dataset to score on. Default: a share of DATASET is held back."),
    ] = None,
    init: Annotated[
        Path | None, typer.Option(help="Checkpoint whose weights the run starts from.")
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, help=f"Training steps. Default: {DEFAULT_STEPS} without --minutes."),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Minutes for the whole run, scoring included.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Crops per step. Default: what the device can take.")
    ] = None,
    crop: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="H W", help="Rows and columns of a crop. Default: from the frames."),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Working resolution, 0 to 1. Default: from the device."),
    ] = None,
    lr: Annotated[
        float | None, typer.Option(min=0, help="Peak learning rate. Default: by the model.")
    ] = None,
    loss: Annotated[
        str, typer.Option(callback=one_of(LOSS_NAMES), help=f"One of: {', '.join(LOSS_NAMES)}.")
    ] = _DEFAULTS.loss,
    void: Annotated[
        list[int] | None,
        typer.Option(min=0, max=255, help="Mask value that means void, besides 255. Repeatable."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Option of the architecture, such as weights=imagenet, which downloads what "
            "training starts from. Repeatable.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Decides split, crops and first weights.")
    ] = _DEFAULTS.seed,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps.")] = _DEFAULTS.device,
    precision: Annotated[
        str, typer.Option(callback=one_of(PRECISIONS), help=f"One of: {', '.join(PRECISIONS)}.")
    ] = _DEFAULTS.precision,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in OUT.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON on stdout.")
    ] = False,
) -> None:
    """Train a network on your own labels. Ctrl-C stops and keeps the best checkpoint."""
    from segstudio.workflows.fine_tune import FineTuneRequest, fine_tune

    if resume and out is None:
        raise typer.BadParameter(
            "--resume goes on with a run: name its folder.", param_hint="--out"
        )
    settings = TrainSettings(
        model=model,
        options=assignments(option or []),
        loss=loss,
        steps=steps,
        minutes=minutes,
        batch_size=batch_size,
        crop=crop,
        scale=scale,
        lr=lr,
        seed=seed,
        device=device,
        precision=precision,
        void_ids=tuple(void or ()),
        init=init,
    )
    out = out or make_run_folder(Path("runs"), Path(model).stem)
    work = fine_tune(FineTuneRequest(dataset, out, settings, val, resume))
    report, stopped = progress.run_until_stopped(work, progress.Wording(_status, _line))
    _conclude(report, stopped, as_json, out)


def _status(step: Progress) -> str:
    report = step.payload
    if not isinstance(report, TrainReport) or report.loss is None:
        return step.message
    left = timedelta(seconds=round(report.eta_seconds))
    speed = f"{report.images_per_second:.1f} crops/s"
    return f"step {report.step}/{report.steps}, loss {report.loss:.3f}, {speed}, {left} left"


def _line(step: Progress) -> str:
    report = step.payload
    if not isinstance(report, TrainReport):
        return progress.of_preparation(step)
    if report.mean_iou is None:
        return step.message if report.step == 0 else ""
    loss = "" if report.loss is None else f"loss {report.loss:.3f}, "
    return f"Step {report.step}: {loss}mean IoU {printing.percent(report.mean_iou)} %"


def _conclude(report: Any, stopped: bool, as_json: bool, out: Path) -> None:
    """Say what came of the run; only what is on disk counts."""
    checkpoint = out / "checkpoint.safetensors"
    if not isinstance(report, TrainReport) or not checkpoint.is_file():
        raise SegStudioError(out, "stopped before the first step", "Nothing was trained.")
    if as_json:
        printing.print_json({**asdict(report), "checkpoint": str(checkpoint), "stopped": stopped})
    else:
        how = f"Stopped at step {report.step}" if stopped else f"Trained {report.step} steps"
        print(f"{how}: {_score(report)}, kept in {checkpoint}")
    if stopped:
        printing.remark(f"The best network so far is kept in {checkpoint}; --resume goes on.")


def _score(report: TrainReport) -> str:
    if report.best_mean_iou is None:
        return "not scored yet"
    return f"best mean IoU {printing.percent(report.best_mean_iou)} %"
