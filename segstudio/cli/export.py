"""``segstudio export``: write a project's labels for other programs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from segstudio import formats
from segstudio.cli.parts import printing, progress
from segstudio.cli.parts.values import one_of

_FORMATS = formats.registry.names()


def export(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The project's folder.")],
    label_format: Annotated[
        str,
        typer.Option(
            "--format",
            callback=one_of(_FORMATS),
            help=f"One of: {', '.join(_FORMATS)}.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    only_done: Annotated[
        bool, typer.Option("--only-done", help="Leave out frames not marked as done.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON on stdout.")
    ] = False,
) -> None:
    """Export all labelled frames; every file is read back and compared pixel by pixel."""
    from segstudio.workflows.export_labels import ExportRequest, export_labels

    request = ExportRequest(project, label_format, out, overwrite, only_done)
    report = progress.run(export_labels(request))
    for failure in report.failures:
        printing.remark(failure.reason)
    if as_json:
        printing.print_json(_plain(report))
    else:
        print(report.summary)
    if report.failures:
        raise typer.Exit(1)


def _plain(report: Any) -> dict[str, Any]:
    return {
        "out": str(report.out),
        "written": [str(path) for path in report.written],
        "failures": [{"name": f.name, "reason": f.reason} for f in report.failures],
    }
