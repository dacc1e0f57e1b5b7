"""Thumbnails for the frame list, made beside the window and only for rows that are looked at."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from segstudio.core.errors import SegStudioError
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling

EDGE = 96


class Thumbnails(QObject):
    """Fetches thumbnails in the order the list asks for them.

    Parameters
    ----------
    show
        Called with a frame's name and its thumbnail.
    """

    def __init__(
        self,
        jobs: Jobs,
        labelling: Labelling,
        show: Callable[[str, QImage], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._show = show

    def want(self, name: str) -> None:
        """Fetch one thumbnail; a picture that cannot be read keeps its placeholder."""
        project = self._labelling.project
        if project is None:
            return

        def made(pixels: NDArray[np.uint8] | None) -> None:
            if pixels is not None and project is self._labelling.project:
                self._show(name, to_image(pixels))

        def make() -> NDArray[np.uint8] | None:
            try:
                return project.thumbnail(name, EDGE)
            except SegStudioError:
                # Opening the frame says what is wrong with it; a list of pictures need not.
                return None

        self._jobs.submit("thumbnails", make, on_done=made)


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own from HxWx3 uint8 RGB."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels)
    return QImage(rows.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()
