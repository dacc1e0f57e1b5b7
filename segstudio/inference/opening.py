"""From what a person names as a model to a checkpoint that can run."""

from collections.abc import Generator
from pathlib import Path

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.core.resources import resource
from segstudio.models.checkpoint import Checkpoint, load, load_published
from segstudio.models.parts.weights import download


def open_model(model: str | Path) -> Generator[Progress, None, Checkpoint]:
    """The checkpoint of a file, or an architecture's published weights, downloaded if need be.

    Parameters
    ----------
    model
        A checkpoint file, an architecture's name, or "architecture/weights".

    Yields
    ------
    Reports of a download, in bytes.

    Raises
    ------
    SegStudioError
        Where it is none of these, the file is no checkpoint, or the weights cannot be had.
    """
    path = Path(model)
    architecture, _, weights = str(model).partition("/")
    if path.exists() or architecture not in models.names():
        if path.suffix != ".safetensors" and not path.exists():
            raise SegStudioError(
                f"model {str(model)!r}",
                "is neither a checkpoint file nor an architecture",
                f"Architectures are: {', '.join(models.names())}.",
            )
        yield Progress(0, 0, f"Loading {path.name}")
        return load(path)
    return (yield from open_published(architecture, weights))


def open_published(architecture: str, weights: str = "") -> Generator[Progress, None, Checkpoint]:
    """An architecture's published weights; the first ones where no name is given.

    Raises
    ------
    SegStudioError
        As :func:`open_model`.
    """
    known = models.spec(architecture).weights
    if not known:
        starters = ", ".join(str(path) for path in sorted(resource("starters").glob("*")))
        raise SegStudioError(
            architecture,
            "has no published weights",
            f"Train it on your labels first, or choose a starter ({starters}).",
        )
    name = weights or next(iter(known))
    if name in known:
        for report in download(known[name]):
            yield Progress(report.done, report.total, report.message)
    return load_published(architecture, name)
