"""The same small change of many frames: mark them, delete their labels, restore those."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.project import Project, Status


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What came of it so far.

    Attributes
    ----------
    changed, left_alone
        Names of the frames that were changed, and of those that had no need or no right to be.
    failures
        Why others could not be changed, a line each.
    """

    changed: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def mark_frames(project: Project, names: Collection[str], *, done: bool) -> Iterator[Progress]:
    """Call frames done, or reopen them; see :func:`_each`."""

    def mark(name: str) -> bool:
        if (project.status(name) == Status.DONE) == done:
            return False
        if done:
            project.set_status(name, Status.DONE)
        else:
            project.reopen(name)
        return True

    return _each(names, "Marking" if done else "Reopening", mark)


def delete_labels(
    project: Project, names: Collection[str], folder: Path, is_open: Callable[[str], bool]
) -> Iterator[Progress]:
    """Delete the labels of frames, with copies in ``folder``; see :func:`_each`.

    Frames that are done are kept safe, and those that are being labelled at this moment
    (``is_open``) are somebody else's.
    """

    def delete(name: str) -> bool:
        if project.status(name) == Status.DONE or is_open(name):
            return False
        return project.delete_labels(name, folder)

    return _each(names, "Deleting the labels of", delete)


def restore_labels(
    project: Project, names: Collection[str], folder: Path, is_open: Callable[[str], bool]
) -> Iterator[Progress]:
    """Put back what :func:`delete_labels` deleted; see :func:`_each`."""

    def restore(name: str) -> bool:
        return not is_open(name) and project.restore_labels(name, folder)

    return _each(names, "Restoring the labels of", restore)


def _each(names: Collection[str], verb: str, change: Callable[[str], bool]) -> Iterator[Progress]:
    """Frame by frame; one that fails does not stop the others.

    Yields
    ------
    :class:`Progress`, whose payload is the :class:`ChangeReport` so far.
    """
    report = ChangeReport()
    for done, name in enumerate(names):
        yield Progress(done, len(names), f"{verb} {name}", report)
        try:
            if change(name):
                report = replace(report, changed=(*report.changed, name))
            else:
                report = replace(report, left_alone=(*report.left_alone, name))
        except SegStudioError as error:
            report = replace(report, failures=(*report.failures, str(error)))
    yield Progress(len(names), len(names), "", report)
