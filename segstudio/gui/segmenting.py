"""Runs the network over frames of the open project, beside the human's own work."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from segstudio.core.progress import Progress
from segstudio.gui.labelling import Labelling
from segstudio.gui.predicting import Predicting
from segstudio.project import Project

if TYPE_CHECKING:
    from segstudio.workflows.segment_project import SegmentProjectRequest


def prepare(labelling: Labelling, predicting: Predicting) -> None:
    """Save what is open; a project without classes takes the model's."""
    project, choice = labelling.project, predicting.choices.get(predicting.chosen)
    if project is not None and choice is not None and not len(project.classes):
        labelling.set_classes(choice.classes)
    labelling.save()


def segment(
    labelling: Labelling, project: Project, request: "SegmentProjectRequest"
) -> Iterator[Progress]:
    """The steps of :func:`segment_project`, for a worker thread; open frames are left alone."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from segstudio.inference import crf
    from segstudio.workflows.segment_project import segment_project

    # The CRF's first use compiles it under Python's lock: in this process the window would stop.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield from segment_project(
            project,
            request,
            refine=lambda *arguments: pool.submit(crf.refine, *arguments).result(),
            is_open=labelling.in_work,
        )
