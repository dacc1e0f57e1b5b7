"""The frame book: how far each frame has come, and what it has cost."""

from dataclasses import replace

from segstudio.project.files import ProjectFiles
from segstudio.project.index import FrameRow
from segstudio.project.status import Status, after_saving


class FrameBook(ProjectFiles):
    """Statuses, time spent and uncertainty of the frames, by their names."""

    def status(self, name: str) -> Status:
        """How far a frame has come; quick."""
        return Status.DONE if name in self._file.done else self._index.row(name).status

    def set_status(self, name: str, status: Status) -> None:
        """Say how far a frame has come. Done is durable; the others follow the labels again.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        self._check_writable()
        with self._filing:
            was_done = name in self._file.done
            if status == Status.DONE:
                self._file.done.add(name)
            else:
                self._file.done.discard(name)
                self._index.change(name, status=status)
            if was_done != (status == Status.DONE):
                self._write_file()

    def time_spent(self, name: str) -> float:
        """Seconds that a frame was open."""
        return self._index.row(name).seconds

    def add_time(self, name: str, seconds: float) -> None:
        """Count time that a frame was open."""
        self._check_writable()
        self._index.change(name, seconds=self.time_spent(name) + seconds)

    def uncertainty(self, name: str) -> float | None:
        """Mean uncertainty, 0 to 1, of the last prediction; None where there was none."""
        return self._index.row(name).uncertainty

    def set_uncertainty(self, name: str, uncertainty: float | None) -> None:
        """Remember how sure the last prediction was."""
        self._check_writable()
        self._index.change(name, uncertainty=uncertainty)

    def _look_at_labels(self) -> None:
        """Derive the statuses of frames whose label files are new, changed or gone."""
        stamps = self._store.stamps()
        changed = []
        for name, stamp in stamps.items():
            row = self._index.row(name)
            if row.stamp != stamp:
                status = after_saving(row.status, self._store.status(name))
                changed.append(replace(row, stamp=stamp, status=status))
        gone = [r for r in self._index.rows() if r.stamp and r.name not in stamps]
        changed += [FrameRow(r.name, seconds=r.seconds, uncertainty=r.uncertainty) for r in gone]
        self._index.put(changed)
