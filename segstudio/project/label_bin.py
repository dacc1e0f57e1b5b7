"""Labels that the user deleted: out of the data set, and never lost."""

from datetime import datetime
from pathlib import Path

import numpy as np

from segstudio.core.atomic import write_together
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project.class_work import ClassWork
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout
from segstudio.project.status import Status


class LabelBin(ClassWork):
    """Deletes the labels of frames, with a copy of their files in a folder of its own.

    Each deletion is also a step of its frame's history. That is the quick way back; the copies are
    there for when the budget of undo is too small for many frames.
    """

    def new_bin(self) -> Path:
        """Where the copies of one deletion go; the folder is made with the first of them."""
        now = datetime.now().astimezone()
        return self._layout.deleted / f"{now:%Y-%m-%d-%H%M%S-%f}"

    def delete_labels(self, name: str, folder: Path) -> bool:
        """Make a frame's pixels void and nobody's; those of locked classes stay.

        Parameters
        ----------
        folder
            As :meth:`new_bin` gives it.

        Returns
        -------
        Whether there was anything to delete.

        Raises
        ------
        SegStudioError
            Where the label files cannot be read, copied or written; they stay as they were then.
        """
        self._check_writable()
        with self._saving:
            labels = self._store.read(name)
            if labels is None:
                return False
            emptied = without_labels(labels, self.classes.locked_ids)
            if emptied.equals(labels):
                return False
            write_together(LabelStore(Layout(folder, folder)).encode(name, labels, self.classes))
            self.save_labels(name, emptied, why="Delete labels")
        return True

    def restore_labels(self, name: str, folder: Path) -> bool:
        """Put deleted labels back.

        Returns
        -------
        Whether they are back: a frame that was labelled anew in the meantime stays as it is.

        Raises
        ------
        SegStudioError
            Where the copy cannot be read or holds ids of no class, or labels cannot be written.
        """
        self._check_writable()
        with self._saving:
            now = self._store.read(name)
            if now is None:
                return False
            shape = now.shape
            kept = LabelStore(Layout(folder, folder)).load(name, shape, self.classes)
            untouched = (now.ids == VOID) & (now.provenance == Provenance.NOBODY)
            if not (untouched | (now.ids == kept.ids)).all():
                return False
            self.save_labels(name, kept, why="Restore labels")
        return True

    def reopen(self, name: str) -> None:
        """Take back that a frame is done: the status that follows from its labels shows again.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        if self.status(name) == Status.DONE:
            self.set_status(name, self._index.row(name).status)


def without_labels(labels: LabelMap, locked: tuple[int, ...]) -> LabelMap:
    """A label map of which only the pixels of locked classes are left."""
    left = np.isin(labels.ids, locked)
    return LabelMap(
        np.where(left, labels.ids, np.uint8(VOID)),
        np.where(left, labels.provenance, np.uint8(Provenance.NOBODY)),
    )
