"""The labels of a project: loaded, saved, and kept safe from a crash."""

from segstudio.core.errors import SegStudioError
from segstudio.core.history import Change, Line, TileState
from segstudio.core.label_map import LabelMap
from segstudio.project.frame_book import FrameBook
from segstudio.project.journal import Record
from segstudio.project.pictures import Pictures
from segstudio.project.recovery import Recoverer, Recovery
from segstudio.project.undo_book import UndoBook


class LabelWork(FrameBook, Pictures, UndoBook):
    """Label files with the journal that holds their newest strokes, and their histories."""

    def has_labels(self, name: str) -> bool:
        """Whether there is a label file."""
        return self._store.path(name).exists()

    def load_labels(self, name: str, shape: tuple[int, int]) -> LabelMap:
        """The label map of a frame whose picture has this height and width; blank at first.

        Raises
        ------
        SegStudioError
            Where its files are damaged, of another size, or hold ids of no class.
        """
        return self._store.load(name, shape, self.classes)

    def save_labels(
        self,
        name: str,
        label_map: LabelMap,
        mark: int | None = None,
        line: Line | None = None,
        why: str = "New labels",
    ) -> str:
        """Write a frame's history and label files, then drop its journal and count its labels.

        Parameters
        ----------
        mark
            :meth:`journal_mark` at the moment ``label_map`` was copied: strokes journalled since
            then are kept, and where a later copy was saved already, nothing is written. None where
            nothing was painted meanwhile.
        line
            The frame's history at that moment. None makes one step to undo of the change, whose
            name is ``why``.

        Returns
        -------
        What to tell the user where the history could not be written; else empty.

        Raises
        ------
        SegStudioError
            Where the labels cannot be written; the journal then still holds the strokes.
        """
        self._check_writable()
        entry = self.entry(name)
        journal = self._journal.path(name)
        mark = self._journal.mark(journal) if mark is None else mark
        self._write_file_once()
        with self._saving:
            if self._journal.is_past(journal, mark):
                return ""  # a later copy overtook this one
            trouble = self._save_history(name, line, label_map, why)
            self._store.save(name, label_map, self.classes)
            self._journal.drop(journal, mark)
            self.forget_remap()
            self._tell(name, self._store.stamp(name), self._store.census(name))
        self._index.change(name, source=entry.source.name)
        return trouble

    def _save_history(self, name: str, line: Line | None, label_map: LabelMap, why: str) -> str:
        if line is None:
            line = self._with_replacement(name, label_map, why)
        try:
            self._histories.save(name, line, label_map)
        except SegStudioError as error:
            return f"Undo will not reach back behind the next start: {error}"
        return ""

    def journal_append(
        self,
        name: str,
        shape: tuple[int, int],
        tiles: tuple[TileState, ...],
        change: Change | None = None,
    ) -> None:
        """Keep committed tiles safe from a crash of this process until the frame is saved.

        ``change`` says which change of the frame's history they are.

        Raises
        ------
        SegStudioError
            Where the project is read-only or the disk is full.
        """
        self._check_writable()
        self._write_file_once()
        self._journal.append(Record(name, shape, tiles, change))

    def journal_mark(self, name: str) -> int:
        """A place behind a frame's newest journal record, for :meth:`save_labels`."""
        return self._journal.mark(self._journal.path(name))

    def sync(self) -> None:
        """Bring the journal to the disk: its strokes survive a power cut from now on.

        Raises
        ------
        SegStudioError
            Where the disk refuses.
        """
        self._journal.sync()

    def _empty_journal(self) -> list[Recovery]:
        found = Recoverer(
            self._journal,
            self._store,
            self._histories,
            self._layout.set_aside,
            self.classes,
            self._shape_of,
        ).recover_all()
        if any(recovery.name for recovery in found):
            self.forget_remap()
        self.notices += tuple(recovery.notice for recovery in found if recovery.notice)
        return found
