"""New ids for the pixels of all frames, and the way back."""

import shutil
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.project.label_work import LabelWork
from segstudio.project.remap import Remapper, take_back
from segstudio.project.remap_record import OutdatedError, RemapNote, RemapRecord


class ClassWork(LabelWork):
    """Remapping of all label files, and taking the newest remapping back."""

    def remap(self, lookup: NDArray[np.uint8], note: RemapNote | None = None) -> None:
        """Give new ids to all pixels of all label files, see :meth:`remapping`."""
        for _ in self.remapping(lookup, note):
            pass

    def remapping(
        self, lookup: NDArray[np.uint8], note: RemapNote | None = None
    ) -> Iterator[Progress]:
        """Give new ids to all pixels of all label files: all files or, after a failure, none.

        Strokes that are in the journal only are put into their label files first, and histories
        get the new ids, too. A crash in between is mended at the next opening. Closing the
        iterator before its end changes nothing.

        Parameters
        ----------
        lookup
            256 uint8: the new id of each id. Pixels that become void (255) are nobody's then.
        note
            What it is. With it, what is replaced is kept within the budget of undo, for
            :meth:`taking_remap_back`, until labels are saved again.

        Raises
        ------
        SegStudioError
            Where a label file is damaged or cannot be written.
        """
        self._check_writable()
        with self._saving:
            self._empty_journal()
            yield from Remapper(
                self._layout, self._store, self._histories, self.classes, lookup, note
            ).run()
            self._look_for_remap()
        self._look_at_labels()

    def taking_remap_back(self) -> Iterator[Progress]:
        """Put back what the newest remapping has replaced: the very bytes of all files, or none.

        The class table is the caller's: the class must be back before. Closing the iterator
        before its end changes nothing.

        Raises
        ------
        SegStudioError
            Where nothing is kept, labels were changed since, or a file cannot be written.
        """
        self._check_writable()
        with self._saving:
            self._empty_journal()
            record = self._remapped
            if record is None:
                raise SegStudioError(
                    self.folder, "holds no change of all frames that could be taken back"
                )
            try:
                yield from take_back(self._layout, self._store, self._histories, record)
            except OutdatedError:
                self.forget_remap()
                raise
            self._look_for_remap()
        self._look_at_labels()

    def _look_for_remap(self) -> None:
        """Learn what can be taken back; what is damaged goes."""
        self._remapped = RemapRecord.load(self._layout.remap_undo)
        if self._remapped is None:
            shutil.rmtree(self._layout.remap_undo, ignore_errors=True)
