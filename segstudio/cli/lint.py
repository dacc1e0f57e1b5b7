"""``segstudio lint``: look for what is seldom meant in a project's labels."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segstudio.cli.parts import printing, progress
from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.workflows.lint_project import FrameReport, ProjectReport


def lint(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The project's folder.")],
    specks: Annotated[
        int | None,
        typer.Option(
            min=2, help="Pieces of fewer pixels are specks. Default: what the project says."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all findings as JSON on stdout.")
    ] = False,
) -> None:
    """Check labels: specks, slivers, classes that may not touch, done frames nobody looked at.

    The project's own rules hold; what was ignored in the window stays so. The status is 1 where
    anything was found.
    """
    from segstudio.workflows.lint_project import LintRequest, lint_project

    work = lint_project(LintRequest(project, specks))
    report = progress.run(work, progress.Wording(line=_line))
    if as_json:
        printing.print_json(_plain(report))
    else:
        _print(report)
    if not report.clean:
        raise typer.Exit(1)


def _line(step: Progress) -> str:
    return getattr(step.payload, "failure", "") or progress.of_preparation(step)


def _print(report: "ProjectReport") -> None:
    rows = [
        [frame.name, finding.text, f"{finding.rect.left}, {finding.rect.top}"]
        for frame in report.frames
        for finding in frame.report.findings
    ]
    if rows:
        printing.print_table(["frame", "finding", "x, y"], rows)
        print()
    print(report.summary)


def _plain(report: "ProjectReport") -> dict[str, Any]:
    frames = [_frame(frame) for frame in report.frames]
    return {"clean": report.clean, "summary": report.summary, "frames": frames}


def _frame(frame: "FrameReport") -> dict[str, Any]:
    from segstudio.core.lint.parts.report import findings_to_json

    return {
        "name": frame.name,
        "failure": frame.failure,
        "findings": findings_to_json(frame.report.findings),
        "ignored": len(frame.report.ignored),
    }
