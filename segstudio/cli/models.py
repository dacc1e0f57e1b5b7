"""``segstudio models``: which networks there are."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segstudio.cli.parts import printing, progress

if TYPE_CHECKING:
    from segstudio.workflows.list_checkpoints import CheckpointRow
    from segstudio.workflows.list_models import ModelRow, WeightsRow


def models(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON on stdout.")
    ] = False,
) -> None:
    """List the architectures with their options, and the checkpoints that ship with SegStudio."""
    from segstudio.workflows.list_checkpoints import list_checkpoints, starters
    from segstudio.workflows.list_models import list_models

    architectures = progress.run(list_models())
    shipped = progress.run(list_checkpoints(starters()))
    if as_json:
        printing.print_json(
            {
                "architectures": [asdict(row) for row in architectures],
                "checkpoints": [_plain(row) for row in shipped],
            }
        )
        return
    for row in architectures:
        _print_architecture(row)
    for row in shipped:
        _print_checkpoint(row)


def _print_architecture(row: "ModelRow") -> None:
    sees = "everything" if row.receptive_field is None else f"{row.receptive_field} px"
    size = f"{row.parameters / 1e6:.1f} M parameters, stride {row.output_stride}, sees {sees}"
    print(f"{row.name}: {row.label}, {size}")
    print(f"  {row.summary}")
    if row.sets_apart:
        print(f"  {row.sets_apart}")
    print(f"  {row.paper.authors} {row.paper.year}: {row.paper.title}")
    if row.options:
        print("  options: " + ", ".join(f"{name}={value}" for name, value in row.options.items()))
    for weights in row.initial:
        print(f"  to start from: weights={weights.name}, {_size(weights)}")
    for weights in row.weights:
        print(f"  published weights: {row.name}/{weights.name}, {_size(weights)}")
    print()


def _size(weights: "WeightsRow") -> str:
    return f"{weights.label}, {weights.megabytes} MB"


def _print_checkpoint(row: "CheckpointRow") -> None:
    score = "" if row.mean_iou is None else f", mean IoU {printing.percent(row.mean_iou)} %"
    print(row.path)
    print(f"  {row.failure}" if row.failure else f"  {row.architecture}{score}")
    if row.classes:
        print(f"  classes: {', '.join(row.classes.names)}")
    print()


def _plain(row: "CheckpointRow") -> dict[str, Any]:
    return {**asdict(row), "path": str(row.path), "classes": row.classes.to_json()}
