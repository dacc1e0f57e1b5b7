"""Segment pictures: one file or a folder, into indexed PNG files."""

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.atomic import make_folder, write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.formats.indexed_png import encode
from segstudio.imaging import count_frames, open_source
from segstudio.inference.crf import CrfParameters
from segstudio.inference.labelling import Outcome, Summary, predict_for_project, within
from segstudio.project.entries import find_sources

if TYPE_CHECKING:
    from segstudio.inference.predictor import Predictor


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    """What to segment, with what, and where the results go.

    Attributes
    ----------
    source
        A picture, or a folder whose pictures lie in it or in its ``images`` folder (a project).
    model
        A checkpoint file or an architecture with published weights.
    out
        Gets ``<stem>.png`` for each picture, ``<stem>_p001.png`` and so on for pages of a stack.
    crf
        The CRF's parameters; None leaves it out.
    overwrite
        Do again what is there already.
    threads
        Threads of one computation on the CPU; None leaves PyTorch's setting.
    """

    source: Path
    model: str | Path
    out: Path
    crf: CrfParameters | None = None
    device: str = "auto"
    overwrite: bool = False
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    path: Path
    index: int = 0


def segment_folder(request: SegmentRequest) -> Iterator[Progress]:
    """Segment picture by picture; what fails is told and does not stop the others.

    Results that are there already are skipped, so a run that was stopped goes on where it was.

    Yields
    ------
    :class:`Progress`; with each frame its :class:`segstudio.inference.labelling.Outcome`, at the
    end a :class:`segstudio.inference.labelling.Summary`.

    Raises
    ------
    SegStudioError
        Where there are no pictures, the model or the device cannot be used, or ``out`` cannot be
        written or is where the pictures lie.
    """
    from segstudio.inference.opening import open_model
    from segstudio.inference.predictor import Predictor

    pictures = _pictures(request.source)
    inputs = [frame for picture in pictures for frame in _frames(picture)]
    _check_out(request.out, pictures)
    checkpoint = yield from open_model(request.model)
    predictor = Predictor(checkpoint, request.device, threads=request.threads)
    outcomes: list[Outcome] = []
    owners: dict[str, Path] = {}
    for frame in inputs:
        owner = owners.setdefault(frame.name.casefold(), frame.path)
        try:
            coming = len(inputs) - len(outcomes) - 1
            steps = _segment(frame, owner, request, predictor, coming)
            outcome = yield from within(steps, len(outcomes), len(inputs))
        except (SegStudioError, OSError, MemoryError) as error:
            outcome = Outcome(frame.name, failure=str(error) or f"{frame.path}: too little memory.")
        outcomes.append(outcome)
        yield Progress(len(outcomes), len(inputs), outcome.told(), outcome)
    summary = Summary.of(outcomes, predictor)
    yield Progress(len(inputs), len(inputs), summary.told(), summary)


def _pictures(source: Path) -> list[Path]:
    if not source.is_dir():
        if not source.exists():
            raise SegStudioError(source, "does not exist", "Name a picture or a folder of them.")
        return [source]
    pictures = find_sources(source, "")[1]
    if not pictures:
        raise SegStudioError(
            source, "holds no pictures", "Name a folder of pictures, or one with images/ in it."
        )
    return pictures


def _frames(picture: Path) -> list[_Input]:
    count = 1
    # A file that cannot be read stays in the list, so that its failure is told.
    with contextlib.suppress(SegStudioError):
        count = count_frames(picture)
    if count == 1:
        return [_Input(picture.stem, picture)]
    return [_Input(f"{picture.stem}_p{index + 1:03d}", picture, index) for index in range(count)]


def _check_out(out: Path, pictures: list[Path]) -> None:
    folder = make_folder(out).resolve()
    if any(picture.parent.resolve() == folder for picture in pictures):
        raise SegStudioError(
            out,
            "is the folder of the pictures themselves, and results would lie among them",
            "Choose another folder for the results.",
        )


def _segment(
    frame: _Input, owner: Path, request: SegmentRequest, predictor: "Predictor", coming: int
) -> Generator[Progress, None, Outcome]:
    if owner != frame.path:
        raise SegStudioError(
            frame.path,
            f"would be written to the same {frame.name}.png as {owner.name}",
            "Rename one of the two.",
        )
    path = request.out / f"{frame.name}.png"
    if path.exists() and not request.overwrite:
        return Outcome(frame.name, path, skipped=True)
    picture = open_source(frame.path).frame(frame.index)
    classes = predictor.checkpoint.classes
    prediction = yield from predict_for_project(
        predictor, picture, classes, request.crf, coming=coming
    )
    write_bytes(path, encode(prediction.ids, classes))
    return Outcome(frame.name, path)
