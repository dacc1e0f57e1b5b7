"""Refine one picture's probabilities or scribbles by the dense CRF, from file to file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.core.progress import Progress
from segstudio.formats import indexed_png
from segstudio.imaging import open_source
from segstudio.inference.crf import refine, undecided
from segstudio.inference.crf_parameters import CrfParameters

_STEPS = 3


@dataclass(frozen=True, slots=True)
class RefineRequest:
    """What to refine, and where the result goes.

    Attributes
    ----------
    image
        A picture; of a stack the first page.
    out
        Gets HxW class ids as indexed PNG.
    parameters
        The CRF's; penalties speak of class ids.
    probabilities
        ``.npy`` file of CxHxW floats; channel ``c`` is the probability of class id ``c``.
    scribbles
        PNG of HxW class ids, 255 where unknown. One of the two, or both, must be there.
    overwrite
        Whether ``out`` may be replaced.
    """

    image: Path
    out: Path
    parameters: CrfParameters
    probabilities: Path | None = None
    scribbles: Path | None = None
    overwrite: bool = False


def refine_frame(request: RefineRequest) -> Iterator[Progress]:
    """Read, refine, write.

    Yields
    ------
    :class:`Progress`; the last one's payload is the ``Path`` that was written.

    Raises
    ------
    SegStudioError
        Where a file cannot be read or written, sizes differ, or values make no sense.
    """
    if request.probabilities is None and request.scribbles is None:
        raise SegStudioError(
            "CRF", "has nothing to refine", "Give it probabilities, scribbles or both."
        )
    if request.out.exists() and not request.overwrite:
        raise SegStudioError(request.out, "exists already", "Choose another name for the result.")
    yield Progress(0, _STEPS, f"Reading {request.image.name}")
    image = open_source(request.image).frame(0).display
    shape = (image.shape[0], image.shape[1])
    scribbles = _read_scribbles(request.scribbles, shape) if request.scribbles else None
    if request.probabilities is not None:
        probabilities = _read_probabilities(request.probabilities, shape)
        present = np.arange(len(probabilities), dtype=np.uint8)
        _refuse_unknown(scribbles, len(probabilities), request.scribbles)
    else:
        assert scribbles is not None
        present = np.unique(scribbles[scribbles != VOID])
        probabilities = undecided(len(present), shape)
    yield Progress(1, _STEPS, f"Refining {request.image.name}")
    channel_of = {int(class_id): channel for channel, class_id in enumerate(present)}
    parameters = request.parameters.with_channels(channel_of)
    refined = refine(image, probabilities, parameters, _as_channels(scribbles, present))
    yield Progress(2, _STEPS, f"Writing {request.out.name}")
    ids: Ids = present[refined.argmax(axis=0)]
    write_bytes(request.out, indexed_png.encode(ids, ClassTable(())))
    yield Progress(_STEPS, _STEPS, f"Wrote {request.out}", request.out)


def _read_scribbles(path: Path, shape: tuple[int, int]) -> Ids:
    try:
        ids = indexed_png.decode(path.read_bytes(), path)
    except OSError as error:
        raise SegStudioError(path, f"cannot be read: {error.strerror}") from error
    if ids.shape != shape:
        raise _other_size(path, ids.shape, shape)
    if (ids == VOID).all():
        raise SegStudioError(path, "holds no scribble", "Mark a few pixels of each class.")
    return ids


def _read_probabilities(path: Path, shape: tuple[int, int]) -> NDArray[np.float32]:
    try:
        values: NDArray[Any] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SegStudioError(
            path, f"cannot be read as an array: {error}", "Save it with numpy.save."
        ) from error
    is_array = isinstance(values, np.ndarray) and values.ndim == 3
    if not is_array or not np.issubdtype(values.dtype, np.floating):
        raise SegStudioError(
            path, "holds no CxHxW array of floats", "Save one plane of probabilities per class."
        )
    if not 2 <= len(values) <= VOID:
        raise SegStudioError(path, f"holds {len(values)} classes", "Give it 2 to 255 planes.")
    if values.shape[1:] != shape:
        raise _other_size(path, values.shape[1:], shape)
    if np.isfinite(values).all() and (values.min() < 0 or values.max() > 1 + 1e-3):
        raise SegStudioError(path, "holds values outside 0 to 1", "Save probabilities, not logits.")
    return values.astype(np.float32)


def _refuse_unknown(scribbles: Ids | None, classes: int, path: Path | None) -> None:
    if scribbles is None or path is None:
        return
    unknown = [int(i) for i in np.unique(scribbles) if classes <= i < VOID]
    if unknown:
        raise SegStudioError(
            path,
            f"holds class {unknown[0]}, and the probabilities have classes 0 to {classes - 1}",
            "Use 255 for what is unknown.",
        )


def _as_channels(scribbles: Ids | None, present: Ids) -> Ids | None:
    if scribbles is None:
        return None
    lookup = np.full(256, VOID, np.uint8)
    lookup[present] = np.arange(len(present), dtype=np.uint8)
    return lookup[scribbles]


def _other_size(path: Path, found: tuple[int, ...], wanted: tuple[int, int]) -> SegStudioError:
    return SegStudioError(
        path,
        f"is {found[-1]}x{found[-2]} and the picture {wanted[1]}x{wanted[0]} pixels",
        "Give files that belong together.",
    )
