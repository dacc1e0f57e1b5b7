"""The pictures of a project: its frames, by their names."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.imaging import Preview, Source, SourceError, open_source, preview
from segstudio.project.entries import FrameEntry, find_sources, name_frames
from segstudio.project.files import ProjectFiles
from segstudio.project.layout import Layout
from segstudio.project.lock import ProjectLock
from segstudio.project.thumbnails import cached_thumbnail


class Pictures(ProjectFiles):
    """Finds, names and reads the pictures; never moves, renames or writes one."""

    def __init__(self, layout: Layout, read_only_reason: str, lock: ProjectLock | None) -> None:
        super().__init__(layout, read_only_reason, lock)
        self._entries: dict[str, FrameEntry] = {}

    @property
    def entries(self) -> list[FrameEntry]:
        """All frames, in natural order of their files."""
        return list(self._entries.values())

    def entry(self, name: str) -> FrameEntry:
        """A frame by its name.

        Raises
        ------
        SegStudioError
            Where there is none.
        """
        try:
            return self._entries[name]
        except KeyError:
            raise SegStudioError(
                f"frame {name!r}", f"is not in {self.folder}", "Check its name, or refresh."
            ) from None

    def frame_shape(self, name: str) -> tuple[int, int]:
        """Height and width of a frame's picture, without decoding it.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        entry = self.entry(name)
        return _source(entry).shape(entry.index)

    def load_frame(self, name: str) -> Frame:
        """A frame's picture.

        Raises
        ------
        SegStudioError
            Where there is no such frame; as SourceError where its file cannot be read.
        """
        entry = self.entry(name)
        return replace(_source(entry).frame(entry.index), name=name)

    def preview(self, name: str, edge: int) -> Preview | None:
        """A quick look at a large frame, see :func:`segstudio.imaging.preview`.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        entry = self.entry(name)
        return preview(entry.source, edge, entry.index)

    def thumbnail(self, name: str, edge: int) -> NDArray[np.uint8]:
        """HxWx3 uint8 of a frame, at most ``edge`` pixels high and wide; kept for the next time.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        return cached_thumbnail(self._layout.thumbnails, self.entry(name), edge, self.read_only)

    def _find_frames(self) -> None:
        place, sources = find_sources(self.folder, self._file.source)
        entries, names = name_frames(sources, self._file.names, self._index)
        self._entries = {entry.name: entry for entry in entries}
        with self._filing:
            moved = bool(self._file.source) and self._file.source != place
            self._changed |= moved or names != self._file.names
            self._file.source, self._file.names = place, names

    def _shape_of(self, name: str) -> tuple[int, int] | None:
        try:
            return self.frame_shape(name)
        except SegStudioError:
            return None


def _source(entry: FrameEntry) -> Source:
    source = open_source(entry.source)
    if entry.index >= len(source):
        raise SourceError(
            entry.source, f"has no page {entry.index + 1} any more", "Refresh the project."
        )
    return source
