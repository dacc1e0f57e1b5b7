"""Segment the frames of an open project, around everything that a human decided."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.inference import crf
from segstudio.inference.crf import CrfParameters
from segstudio.inference.labelling import Outcome, Refine, Summary, predict_for_project, within
from segstudio.project import Project, Status

if TYPE_CHECKING:
    from segstudio.inference.predictor import Predictor


def _nowhere(name: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class SegmentProjectRequest:
    """What to segment with, and which frames.

    Attributes
    ----------
    model
        A checkpoint file or an architecture with published weights.
    crf
        The CRF's parameters; None leaves it out.
    only_unlabelled
        Leave frames alone that have labels of any kind. Else those that a model or a human has
        labelled in part are filled up, too; frames that are marked as done never are.
    threads
        Threads of one computation on the CPU; None leaves PyTorch's setting.
    only
        Leave frames of other names alone; None leaves none out.
    """

    model: str | Path
    crf: CrfParameters | None = None
    device: str = "auto"
    only_unlabelled: bool = True
    threads: int | None = None
    only: frozenset[str] | None = None


def segment_project(
    project: Project,
    request: SegmentProjectRequest,
    *,
    refine: Refine = crf.refine,
    is_open: Callable[[str], bool] = _nowhere,
) -> Iterator[Progress]:
    """Segment frame by frame; what fails is told and does not stop the others.

    Human pixels and those of locked classes stay as they are, and what is written is the model's.

    Parameters
    ----------
    project
        Open for writing.
    refine
        Where the CRF runs.
    is_open
        Whether a frame is being labelled at this moment: its labels are somebody else's then, and
        it is skipped. Asked again just before writing.

    Yields
    ------
    :class:`Progress`; with each frame its :class:`segstudio.inference.labelling.Outcome`, at the
    end a :class:`segstudio.inference.labelling.Summary`.

    Raises
    ------
    SegStudioError
        Where the project is read-only, has no classes, or the model or device cannot be used.
    """
    from segstudio.inference.opening import open_model
    from segstudio.inference.predictor import Predictor

    _check(project)
    checkpoint = yield from open_model(request.model)
    predictor = Predictor(checkpoint, request.device, threads=request.threads)
    unmatched = tuple(n for n in checkpoint.classes.names if project.classes.named(n) is None)
    if len(unmatched) == len(checkpoint.classes):
        raise SegStudioError(
            checkpoint.source,
            "knows none of the project's classes",
            f"Name a class as the model does ({', '.join(unmatched)}), or fine-tune a model.",
        )
    job = _Job(project, request, predictor, refine, is_open)
    names = [entry.name for entry in project.entries]
    if request.only is not None:
        names = [name for name in names if name in request.only]
    outcomes: list[Outcome] = []
    for name in names:
        coming = len(names) - len(outcomes) - 1
        try:
            outcome = yield from within(job.segment(name, coming), len(outcomes), len(names))
        except (SegStudioError, OSError, MemoryError) as error:
            outcome = Outcome(name, failure=str(error) or f"{name}: too little memory.")
        outcomes.append(outcome)
        yield Progress(len(outcomes), len(names), outcome.told(), outcome)
    summary = Summary.of(outcomes, predictor, unmatched)
    yield Progress(len(names), len(names), summary.told(), summary)


@dataclass(frozen=True, eq=False)
class _Job:
    project: Project
    request: SegmentProjectRequest
    predictor: "Predictor"
    refine: Refine
    is_open: Callable[[str], bool]

    def segment(self, name: str, coming: int) -> Generator[Progress, None, Outcome]:
        if not self._wanted(name):
            return Outcome(name, skipped=True)
        frame = self.project.load_frame(name)
        labels = self.project.load_labels(name, frame.shape)
        prediction = yield from predict_for_project(
            self.predictor,
            frame,
            self.project.classes,
            self.request.crf,
            labels.scribbles(),
            self.refine,
            coming,
        )
        # The human may have opened or labelled the frame meanwhile.
        if not self._wanted(name):
            return Outcome(name, skipped=True)
        labels = self.project.load_labels(name, frame.shape)
        document = Document(frame, labels, self.project.classes)
        document.compose(prediction.ids, "Segment")
        self.project.save_labels(name, document.label_map, why="Segment")
        self.project.set_uncertainty(name, prediction.uncertainty)
        return Outcome(name)

    def _wanted(self, name: str) -> bool:
        status = self.project.status(name)
        if status is Status.DONE or self.is_open(name):
            return False
        return status is Status.UNLABELLED or not self.request.only_unlabelled


def _check(project: Project) -> None:
    if project.read_only:
        raise SegStudioError(
            project.folder,
            f"is open read-only: {project.read_only_reason}",
            "Segment into another folder instead.",
        )
    if not len(project.classes):
        raise SegStudioError(project.folder, "has no classes yet", "Add the model's classes first.")
