"""Reads a frame beside the window: a quick look at a large picture first, then all of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from segstudio.core.frame import Frame
from segstudio.core.history import History, Line
from segstudio.core.label_map import LabelMap
from segstudio.core.progress import Progress
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.project import Project

_EDGE = 1000
"""Pixels of a quick look: near what a canvas shows of a whole picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A frame with its labels and history, and its picture at all sizes, ready to be shown.

    ``told`` is what the user must know of the history; empty where all is well.
    """

    frame: Frame
    label_map: LabelMap
    history: History
    pyramid: PicturePyramid
    told: str = ""


def read(
    project: Project, name: str, held: LabelMap | None = None, line: Line | None = None
) -> Iterator[Progress]:
    """For a worker: yields a PicturePyramid to look at where that is worth it, then an Opened.

    Parameters
    ----------
    held, line
        The frame's labels and history where they are newer than its files.

    Raises
    ------
    SegStudioError
        Where the picture or its labels cannot be read.
    """
    preview = project.preview(name, _EDGE)
    if preview is not None:
        yield Progress(1, 2, payload=PicturePyramid(preview.pixels, preview.shape))
    frame = project.load_frame(name)
    pyramid = PicturePyramid(frame.display)
    pyramid.build()
    if held is None:
        label_map = project.load_labels(name, frame.shape)
        history, told = project.load_history(name, label_map)
    else:
        label_map, told = held.copy(), ""
        history = History(project.frame_undo_budget, line)
    yield Progress(2, 2, payload=Opened(frame, label_map, history, pyramid, told))
