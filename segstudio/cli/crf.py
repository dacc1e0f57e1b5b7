"""``segstudio crf``: refine probabilities or scribbles by the dense CRF."""

from pathlib import Path
from typing import Annotated, Any

import typer

from segstudio.cli.parts import printing, progress
from segstudio.cli.parts.options import with_options
from segstudio.inference.crf_parameters import CrfParameters, read_parameters


@with_options(CrfParameters)
def crf(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The picture.")],
    out: Annotated[Path, typer.Option(help="Indexed PNG to write: HxW class ids.")],
    probabilities: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npy", help="CxHxW floats: plane c is class id c."),
    ] = None,
    scribbles: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="HxW class ids, 255 where unknown."),
    ] = None,
    params: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="Parameters by name; the options below overrule it."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT where it is there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON on stdout.")
    ] = False,
    given: dict[str, Any] | None = None,
) -> None:
    """Refine a picture's probabilities, its scribbles, or both.

    A few scribbled pixels of each class suffice: they spread to what looks alike.
    """
    from segstudio.workflows.refine_frame import RefineRequest, refine_frame

    base = read_parameters(params) if params is not None else CrfParameters()
    parameters = CrfParameters.from_json({**base.to_json(), **(given or {})})
    request = RefineRequest(image, out, parameters, probabilities, scribbles, overwrite)
    written = progress.run(refine_frame(request))
    if as_json:
        printing.print_json({"labels": str(written), "parameters": parameters.to_json()})
    else:
        print(written)
