"""What can be undone in each frame of a project, within the budget that the user sets."""

import shutil

from segstudio.core.errors import SegStudioError
from segstudio.core.history import History, Line, Step, TileState, raw_tile, tiles_under
from segstudio.core.label_map import LabelMap
from segstudio.core.rect import Rect
from segstudio.project.files import ProjectFiles
from segstudio.project.history_store import Usage, stale
from segstudio.project.layout import Layout
from segstudio.project.lock import ProjectLock
from segstudio.project.remap_record import RemapNote, RemapRecord


class UndoBook(ProjectFiles):
    """Histories by frame name, and the newest change of all frames."""

    def __init__(self, layout: Layout, read_only_reason: str, lock: ProjectLock | None) -> None:
        super().__init__(layout, read_only_reason, lock)
        self._remapped = None if self.read_only else RemapRecord.load(layout.remap_undo)

    @property
    def remapped(self) -> RemapNote | None:
        """The change of all frames that can be taken back: nothing was saved since."""
        return self._remapped.note if self._remapped is not None else None

    @property
    def undo_budget(self) -> int:
        """Bytes that all histories together may take on the disk; a frame's at most half of it."""
        return self._histories.budget

    @undo_budget.setter
    def undo_budget(self, budget: int) -> None:
        self._histories.budget = budget

    @property
    def frame_undo_budget(self) -> int:
        """Bytes of steps that one frame may keep, in memory and on the disk."""
        return self._histories.frame_budget

    def undo_usage(self) -> Usage:
        """What the histories take on the disk now."""
        return self._histories.usage()

    def forget_beyond_budget(self) -> None:
        """Forget what is too much since the budget became smaller."""
        self._check_writable()
        with self._saving:
            self._histories.forget_oldest()

    def load_history(self, name: str, label_map: LabelMap) -> tuple[History, str]:
        """A frame's history, and what to tell the user where it had to be forgotten.

        Parameters
        ----------
        label_map
            As :meth:`load_labels` gives it. A history of other labels is dropped.
        """
        if self.read_only:
            return History(self.frame_undo_budget), ""
        with self._saving:
            line = self._histories.load(name, label_map)
            if line is None:
                self._histories.drop(name)
        return History(self.frame_undo_budget, line), "" if line is not None else stale(name)

    def forget_remap(self) -> None:
        """Let go of what the newest change of all frames has replaced."""
        if self._remapped is not None:
            self._remapped = None
            shutil.rmtree(self._layout.remap_undo, ignore_errors=True)

    def _with_replacement(self, name: str, label_map: LabelMap, why: str) -> Line:
        """A frame's history with one more step, from the labels in its files to these."""
        before = self._labels_or_blank(name, label_map.shape)
        history = History(self.frame_undo_budget, self._histories.load(name, before))
        tiles = tiles_under(Rect.of_shape(label_map.shape))
        changed = [
            (tile, old, new)
            for tile in tiles
            if (old := raw_tile(before, tile)) != (new := raw_tile(label_map, tile))
        ]
        if changed:
            states = [(TileState.pack(t, old), TileState.pack(t, new)) for t, old, new in changed]
            old_states, new_states = zip(*states, strict=True)
            history.push(Step(why, old_states, new_states))
        return history.line

    def _labels_or_blank(self, name: str, shape: tuple[int, int]) -> LabelMap:
        try:
            found = self._store.read(name)
        except SegStudioError:  # a damaged file is being replaced
            found = None
        if found is None or found.shape != shape:
            return LabelMap.blank(shape)
        return found
