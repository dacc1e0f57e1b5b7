"""The frame book: how far each frame has come, what was said of it, and what it has cost."""

from dataclasses import replace

from segstudio.core.errors import SegStudioError
from segstudio.project.census import Census
from segstudio.project.files import ProjectFiles
from segstudio.project.frame_record import FrameRecord
from segstudio.project.index import FrameRow
from segstudio.project.status import Status


class FrameBook(ProjectFiles):
    """Statuses, flags, counts, time spent and uncertainty of the frames, by their names."""

    def record(self, name: str) -> FrameRecord:
        """All of it at once; quick."""
        row, file = self._index.row(name), self._file
        return FrameRecord(
            self.status(name),
            name in file.empty,
            file.flags.get(name),
            row.seconds,
            row.uncertainty,
            row.corrected,
            row.classes,
        )

    # --- what the user says --------------------------------------------------------------------

    def status(self, name: str) -> Status:
        """How far a frame has come; quick."""
        return Status.DONE if name in self._file.done else self._index.row(name).status

    def set_status(self, name: str, status: Status, *, empty: bool = False) -> None:
        """Say how far a frame has come. Done is durable; the others follow the labels again.

        Parameters
        ----------
        empty
            Whether a frame that is done holds nothing to label.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        self._check_writable()
        with self._filing:
            said = name in self._file.done, name in self._file.empty
            done = status == Status.DONE
            _put(self._file.done, name, done)
            _put(self._file.empty, name, done and empty)
            if not done:
                self._index.change(name, status=status)
            if said != (done, done and empty):
                self._write_file()

    def set_flag(self, name: str, comment: str | None) -> None:
        """Flag a frame with a comment, which may be empty; None takes the flag away.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written; the flag is then as before.
        """
        self._check_writable()
        with self._filing:
            before, flags = self._file.flags, dict(self._file.flags)
            flags.pop(name, None)
            if comment is not None:
                flags[name] = comment
            self._file.flags = flags
            try:
                self._write_file()
            except SegStudioError:
                self._file.flags = before
                raise

    # --- what work has cost --------------------------------------------------------------------

    def time_spent(self, name: str) -> float:
        """Seconds that a frame was open."""
        return self._index.row(name).seconds

    def add_time(self, name: str, seconds: float) -> None:
        """Count time that a frame was open."""
        self._check_writable()
        self._index.update(name, lambda row: replace(row, seconds=row.seconds + seconds))

    def uncertainty(self, name: str) -> float | None:
        """Mean uncertainty, 0 to 1, of the last prediction; None where there was none."""
        return self._index.row(name).uncertainty

    def set_uncertainty(self, name: str, uncertainty: float | None) -> None:
        """Remember how sure the last prediction was."""
        self._check_writable()
        self._index.change(name, uncertainty=uncertainty)

    # --- what the label files say --------------------------------------------------------------

    def uncounted(self) -> list[str]:
        """Frames whose label files nobody has counted yet: older SegStudios did not."""
        return [row.name for row in self._index.rows() if row.stamp and row.classes is None]

    def count(self, name: str) -> None:
        """Decode and count a frame's label files. A damaged one stays uncounted."""
        self._check_writable()
        with self._saving:  # else what is saved meanwhile would be told by what was before
            self._tell(name, self._store.stamp(name), self._store.count(name))

    def _tell(self, name: str, stamp: str, census: Census) -> None:
        self._index.update(name, lambda row: row.told(stamp, census))

    def _look_at_labels(self) -> None:
        """Count frames whose label files are new, changed or gone."""
        stamps = self._store.stamps()
        rows = ((self._index.row(name), stamp) for name, stamp in stamps.items())
        changed = [
            row.told(stamp, self._store.census(row.name))
            for row, stamp in rows
            if row.stamp != stamp
        ]
        gone = [r for r in self._index.rows() if r.stamp and r.name not in stamps]
        changed += [FrameRow(r.name, seconds=r.seconds, uncertainty=r.uncertainty) for r in gone]
        self._index.put(changed)


def _put(names: set[str], name: str, inside: bool) -> None:
    (names.add if inside else names.discard)(name)
