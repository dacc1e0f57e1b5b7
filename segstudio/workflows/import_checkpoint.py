"""Turn weights that others published into a checkpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.formats.parts.class_files import read_classes

if TYPE_CHECKING:
    from segstudio.models.parts.foreign import Fitted

_STEPS = 3


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import as what.

    Attributes
    ----------
    file
        Weights as PyTorch saves them, or a safetensors file.
    architecture, options
        The network they are for; options that its other implementations settle may be left out.
    classes
        The class of each logit, in order: a class table, or a file that holds one.
    out
        The checkpoint to write.
    overwrite
        Whether ``out`` may be replaced.
    """

    file: Path
    architecture: str
    classes: ClassTable | Path
    out: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    overwrite: bool = False


def import_checkpoint(request: ImportRequest) -> Iterator[Progress]:
    """Read weights, find out whose key layout they have, and write them as a checkpoint.

    Yields
    ------
    :class:`Progress`; the last one's payload is the ``Path`` that was written.

    Raises
    ------
    SegStudioError
        Where the file cannot be read, does not fit the architecture or the classes, or the
        checkpoint cannot be written; the message says which keys and shapes differ.
    """
    if request.out.exists() and not request.overwrite:
        raise SegStudioError(request.out, "exists already", "Choose another name for the result.")
    yield Progress(0, _STEPS, f"Reading {request.file.name}")
    # torch takes seconds to load, and whoever imports workflows must not wait for it.
    from segstudio.models.checkpoint import Checkpoint, save
    from segstudio.models.parts.foreign import fit, read_weights

    table = request.classes
    classes = read_classes(table) if isinstance(table, Path) else table
    weights = read_weights(request.file)
    yield Progress(1, _STEPS, f"Comparing with {request.architecture}")
    fitted = fit(weights, request.architecture, request.options, request.file)
    _refuse_other_classes(request, classes, fitted)
    yield Progress(2, _STEPS, f"Writing {request.out.name}")
    checkpoint = Checkpoint(
        request.architecture,
        fitted.options,
        classes,
        fitted.channels,
        fitted.normalisation,
        {"imported": request.file.name, "layout": fitted.layout},
        fitted.state,
        str(request.file),
    )
    save(checkpoint, request.out)
    yield Progress(_STEPS, _STEPS, f"{request.out} has the keys of {fitted.layout}", request.out)


def _refuse_other_classes(request: ImportRequest, classes: ClassTable, fitted: "Fitted") -> None:
    if len(classes) == fitted.classes:
        return
    where = request.classes if isinstance(request.classes, Path) else "the class table"
    raise SegStudioError(
        request.file,
        f"tells {fitted.classes} classes apart, but {where} names {len(classes)}",
        f"Name all {fitted.classes} classes, in the order of the network's outputs.",
    )
