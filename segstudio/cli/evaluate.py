"""``segstudio evaluate``: score predicted masks against true ones."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segstudio.cli.parts import printing, progress

if TYPE_CHECKING:
    from segstudio.training.metrics import Scores

_STDOUT = Path("-")


def evaluate(
    predicted: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTED", help="A mask, a folder of masks (8-bit index PNG) or a project."
        ),
    ],
    truth: Annotated[
        Path, typer.Argument(metavar="TRUTH", help="The same with the true masks; stems decide.")
    ],
    void: Annotated[
        int | None,
        typer.Option(min=0, max=255, help="Mask value that means void, besides 255."),
    ] = None,
    classes: Annotated[
        Path | None,
        typer.Option(
            help="Class names: a .json file, or one name per line. Default: beside TRUTH."
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write all scores to FILE; - is stdout."),
    ] = None,
) -> None:
    """Score masks: pixel accuracy, mean class accuracy, mean IoU, IoU per class, confusion.

    Void pixels of the truth count nowhere.
    """
    from segstudio.core.atomic import write_bytes
    from segstudio.workflows.evaluate import evaluate as work

    scores = progress.run(work(predicted, truth, void, classes))
    if scores.missing:
        printing.remark(f"{len(scores.missing)} without a prediction: {', '.join(scores.missing)}")
    if json_file == _STDOUT:
        printing.print_json(scores.to_json())
        return
    _print(scores)
    if json_file is not None:
        write_bytes(json_file, json.dumps(scores.to_json(), indent=2, ensure_ascii=False).encode())


def _print(scores: "Scores") -> None:
    printing.print_table(
        ["%", f"over {scores.frames} frames"],
        [
            ["pixel accuracy", printing.percent(scores.pixel_accuracy)],
            ["mean class accuracy", printing.percent(scores.mean_class_accuracy)],
            ["mean IoU", printing.percent(scores.mean_iou)],
        ],
        numbers=1,
    )
    print()
    printing.print_table(
        ["class", "id", "IoU", "accuracy", "pixels"],
        [
            [
                score.name,
                str(score.id),
                printing.percent(score.iou),
                printing.percent(score.accuracy),
                str(score.pixels),
            ]
            for score in scores.per_class
        ],
        numbers=4,
    )
    print("\nConfusion: of each true class (row) the % predicted as each id, and as no class")
    printing.print_table(
        ["", *(str(score.id) for score in scores.per_class), "none"],
        [
            [score.name, *_shares(row)]
            for score, row in zip(scores.per_class, scores.confusion, strict=True)
        ],
        numbers=len(scores.per_class) + 1,
    )


def _shares(row: tuple[int, ...]) -> list[str]:
    pixels = sum(row)
    return [printing.percent(cell / pixels if pixels else None, 1) for cell in row]
