"""``segstudio sample``: draw pictures with exact masks to try things on."""

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.parts import progress


def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to draw into.")],
    scenes: Annotated[int, typer.Option(min=0, help="Street scenes, for DIR/scenes.")] = 24,
    cells: Annotated[int, typer.Option(min=0, help="Pictures of cells, for DIR/cells.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same.")] = 0,
) -> None:
    """Draw street scenes and microscopy-like cells, each with images/ and exact masks/."""
    from segstudio.workflows.draw_sample import draw_sample

    drawn = progress.run(draw_sample(folder, scenes, cells, seed))
    for made in (drawn.scenes, drawn.cells):
        if made is not None:
            print(made)
