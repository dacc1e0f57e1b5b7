"""Write a project's label maps in a format of other programs, and check every file."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.core.atomic import make_folder, write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.core.progress import Progress
from segstudio.formats import FormatSpec, registry
from segstudio.project import Project, Status

_CLASSES_FILE = "classes.json"
_LOSSES_NAMED = 3


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes
    ----------
    project
        A project's folder, or a project that is open already.
    format
        Name of a label format.
    out
        Folder for the files; made where it is missing.
    overwrite
        Replace files that are there already; else their frames fail.
    only_done
        Leave out frames that are not marked as done.
    only
        Leave out frames of other names; None leaves none out.
    """

    project: Path | Project
    format: str
    out: Path
    overwrite: bool = False
    only_done: bool = False
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ExportFailure:
    """A frame that was not exported, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came of an export.

    Attributes
    ----------
    written
        The files, each read back and found equal to its label map in every pixel.
    failures
        Frames that could not be exported; files that did not come back equal were removed.
    """

    out: Path
    written: tuple[Path, ...]
    failures: tuple[ExportFailure, ...]

    @property
    def summary(self) -> str:
        """One sentence for people."""
        files = "1 label map" if len(self.written) == 1 else f"{len(self.written)} label maps"
        failed = f"; {len(self.failures)} failed" if self.failures else ""
        return f"{files} written to {self.out}, every pixel read back and equal{failed}."


def export_labels(request: ExportRequest) -> Iterator[Progress]:
    """Write all labelled frames; one that fails does not stop the others.

    Exported are frames that have labels, and frames without any that the user called done: those
    are void all over. Beside the files lies ``classes.json`` with the class table.

    Yields
    ------
    :class:`Progress` per frame; the last one's payload is an :class:`ExportReport`.

    Raises
    ------
    SegStudioError
        Where there is nothing to export, the format cannot hold the classes, or ``out`` is a folder
        that holds the pictures or belongs to the project itself.
    """
    spec = registry.get(request.format)
    with ExitStack() as opened:
        project = request.project
        if isinstance(project, Path):
            project = opened.enter_context(Project.open(project))
        names = _names(project, request)
        spec.check(project.classes)
        _check_folder(project, request.out)
        make_folder(request.out)
        written: list[Path] = []
        failures: list[ExportFailure] = []
        for done, name in enumerate(names):
            yield Progress(done, len(names), f"Exporting {name}")
            try:
                written.append(_export(project, name, spec, request))
            except SegStudioError as error:
                failures.append(ExportFailure(name, str(error)))
        if written:
            spec.finish(request.out, project.classes)
            _write_classes(request.out, project.classes)
    report = ExportReport(request.out, tuple(written), tuple(failures))
    yield Progress(len(names), len(names), report.summary, report)


def _names(project: Project, request: ExportRequest) -> list[str]:
    labelled = tuple(status for status in Status if status != Status.UNLABELLED)
    wanted = (Status.DONE,) if request.only_done else labelled
    names = [entry.name for entry in project.entries if project.status(entry.name) in wanted]
    if request.only is not None:
        names = [name for name in names if name in request.only]
    if names:
        return names
    if request.only_done:
        raise SegStudioError(
            project.folder, "has no frame that is marked as done", "Mark one, or export all."
        )
    raise SegStudioError(project.folder, "has no labelled frame", "Label a frame first.")


def _check_folder(project: Project, out: Path) -> None:
    """Refuse to write among the pictures or among the project's own files."""
    target = out.resolve()
    pictures = {entry.source.parent for entry in project.entries}
    taken = {path.resolve() for path in (project.folder, project.home, *pictures)}
    own = [project.home.resolve() / name for name in ("labels", "provenance", "runs", ".segstudio")]
    if target in taken or any(target.is_relative_to(folder) for folder in own):
        raise SegStudioError(
            out, "belongs to the project itself", "Export to a folder of its own, such as `export`."
        )


def _export(project: Project, name: str, spec: FormatSpec, request: ExportRequest) -> Path:
    """Write one frame, read it back and compare.

    Raises
    ------
    SegStudioError
        Where any of that fails; a file that came back changed is removed.
    """
    path = spec.path(request.out, name)
    if path.exists() and not request.overwrite:
        raise SegStudioError(path, "exists already", "Allow overwriting, or choose another folder.")
    ids = project.load_labels(name, project.frame_shape(name)).ids
    spec.write(request.out, name, ids, project.classes)
    lost = _what_was_lost(ids, spec.read(path, project.classes), project.classes)
    if lost:
        path.unlink()
        raise SegStudioError(
            path, f"did not come back as it was written, so it was removed: {lost}"
        )
    return path


def _what_was_lost(wanted: Ids, found: Ids, classes: ClassTable) -> str:
    """How a file differs from the label map it was written from; empty where it does not."""
    if wanted.shape != found.shape:
        return f"it has {_size(found)} pixels instead of {_size(wanted)}"
    different = wanted != found
    if not different.any():
        return ""
    pairs = np.stack([wanted[different], found[different]], axis=1)
    changes, counts = np.unique(pairs, axis=0, return_counts=True)
    worst = np.argsort(counts)[::-1][:_LOSSES_NAMED]
    told = [
        f"{_called(changes[i, 0], classes)} became {_called(changes[i, 1], classes)} ({counts[i]})"
        for i in worst
    ]
    return f"{len(pairs)} of {wanted.size} pixels differ, {', '.join(told)}"


def _size(ids: Ids) -> str:
    return f"{ids.shape[1]} x {ids.shape[0]}"


def _called(class_id: int, classes: ClassTable) -> str:
    known = classes.get(int(class_id))
    return known.name if known else "void" if class_id == VOID else f"id {class_id}"


def _write_classes(folder: Path, classes: ClassTable) -> None:
    content = {"classes": classes.to_json(), "void": VOID}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    write_bytes(folder / _CLASSES_FILE, f"{text}\n".encode())
