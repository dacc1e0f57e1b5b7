"""Changes of the class table that reach into the label maps of every frame."""

from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import read_only


class ClassChanges(QObject):
    """Takes classes out of the project, and out of all of its frames."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling

    def delete(self, class_id: int, heir: int) -> None:
        """Delete a class; its pixels, in every frame, go to another class or to void (255)."""
        project = self._labelling.project
        if project is None:
            return
        if project.read_only:
            self.noticed.emit(read_only(project))
            return
        lookup = np.arange(256, dtype=np.uint8)
        lookup[class_id] = heir
        self._labelling.rewrite(
            partial(project.remap, lookup),
            "Remapping the label files",
            then=lambda: self._labelling.set_classes(project.classes.without(class_id)),
        )
