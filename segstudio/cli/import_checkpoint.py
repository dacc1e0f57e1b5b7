"""``segstudio import-checkpoint``: weights that others published become a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.parts import printing, progress
from segstudio.cli.parts.values import assignments
from segstudio.core.progress import Progress


def import_checkpoint(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Weights as PyTorch saves them (.pth, .pt, .tar), or safetensors."
        ),
    ],
    model: Annotated[
        str, typer.Option(help="Architecture that they are for (see: segstudio models).")
    ],
    classes: Annotated[
        Path,
        typer.Option(help="classes.json, classes.txt or project.json: what each output means."),
    ],
    out: Annotated[Path, typer.Option(help="Checkpoint to write, .safetensors.")],
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Option of the architecture. Repeatable."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT where it is there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON on stdout.")
    ] = False,
) -> None:
    """Make a checkpoint of weights from torchvision and other implementations.

    Nothing in the file is run. Weights that do not fit are refused with the keys and shapes that
    differ.
    """
    from segstudio.workflows.import_checkpoint import ImportRequest, import_checkpoint

    options = assignments(option or [])
    request = ImportRequest(file, model, classes, out, options, overwrite)
    written = progress.run(import_checkpoint(request), progress.Wording(line=_line))
    if as_json:
        printing.print_json({"checkpoint": str(written)})
    else:
        print(written)


def _line(step: Progress) -> str:
    """The last message stays: it says whose keys were found."""
    return step.message if step.payload is not None else ""
