"""``segstudio segment``: let a model label pictures."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segstudio.cli.parts import printing, progress
from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.inference.labelling import Summary


def segment(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="A picture, or a folder of pictures.")
    ],
    model: Annotated[
        str,
        typer.Option(
            help="Checkpoint file, or an architecture with published weights (segstudio models)."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for <stem>.png, indexed PNG in class colours.")],
    crf: Annotated[bool, typer.Option("--crf", help="Refine by the dense CRF.")] = False,
    crf_params: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON file of the CRF's parameters; means --crf."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps.")] = "auto",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Do again what is in OUT already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON on stdout.")
    ] = False,
) -> None:
    """Segment pictures into indexed PNG files; what is there already is skipped.

    A picture that cannot be read does not stop the others; the status is 1 then.
    """
    from segstudio.inference.crf_parameters import CrfParameters, read_parameters
    from segstudio.workflows.segment_folder import SegmentRequest, segment_folder

    parameters = CrfParameters() if crf else None
    if crf_params is not None:
        parameters = read_parameters(crf_params)
    request = SegmentRequest(source, model, out, parameters, device, overwrite)
    summary = progress.run(segment_folder(request), progress.Wording(line=_line))
    if as_json:
        printing.print_json(asdict(summary))
    else:
        _print(summary, out)
    if summary.failures:
        raise typer.Exit(1)


def _line(step: Progress) -> str:
    """Failures are told as they come: a long run need not be waited for."""
    return getattr(step.payload, "failure", "") or progress.of_preparation(step)


def _print(summary: "Summary", out: Path) -> None:
    print(f"{summary.done} segmented, {summary.skipped} there already, in {out}")
    for note in (summary.device, *summary.notes):
        printing.remark(note)
    if summary.failures:
        printing.remark(f"{len(summary.failures)} failed: the lines above say why")
