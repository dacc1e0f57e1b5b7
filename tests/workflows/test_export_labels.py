"""Export: every labelled frame, every pixel checked, and what cannot be done is listed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, LabelMap
from segstudio.core.progress import Progress
from segstudio.formats import FormatSpec, registry
from segstudio.project import Project, Status
from segstudio.workflows import export_labels as module
from segstudio.workflows.export_labels import ExportReport, ExportRequest, export_labels

SHAPE = (30, 40)
CLASSES = ClassTable.of_names(["sky", "road", "car"])


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Frames a, a_png, b and c; all but c are labelled."""
    folder = tmp_path / "größe"
    folder.mkdir()
    for name in ("a.bmp", "a.png", "b.png", "c.png"):
        Image.new("RGB", SHAPE[::-1]).save(folder / name)
    with Project.open(folder) as opened:
        opened.classes = CLASSES
        for seed, name in enumerate(("a", "a_png", "b")):
            opened.save_labels(name, _painted(seed))
        yield opened


def _painted(seed: int) -> LabelMap:
    ids = np.random.default_rng(seed).choice(np.array([0, 1, 2, VOID], np.uint8), SHAPE)
    return LabelMap(ids, np.where(ids == VOID, 0, 2).astype(np.uint8))


def _run(request: ExportRequest) -> ExportReport:
    steps = list(export_labels(request))
    assert [step.done for step in steps] == list(range(len(steps)))
    assert {step.total for step in steps} == {len(steps) - 1}
    assert isinstance(steps[-1], Progress)
    assert steps[-1].message == steps[-1].payload.summary
    return steps[-1].payload


@pytest.mark.parametrize("name", registry.names())
def test_all_labelled_frames_come_out_equal(project: Project, tmp_path: Path, name: str) -> None:
    report = _run(ExportRequest(project, name, tmp_path / "out"))
    assert [path.stem for path in report.written] == ["a", "a_png", "b"]
    assert report.failures == ()
    assert report.summary.startswith("3 label maps written to")
    for seed, path in enumerate(report.written):
        found = registry.get(name).read(path, CLASSES)
        assert np.array_equal(found, _painted(seed).ids)
    content = json.loads((tmp_path / "out" / "classes.json").read_text("utf-8"))
    assert ClassTable.from_json(content["classes"]) == CLASSES
    assert content["void"] == VOID


def test_a_folder_will_do_for_a_project(project: Project, tmp_path: Path) -> None:
    project.close()
    report = _run(ExportRequest(project.folder, "indexed-png", tmp_path / "out"))
    assert len(report.written) == 3
    with Project.open(project.folder) as again:
        assert not again.read_only


def test_a_project_that_is_open_elsewhere_is_exported(project: Project, tmp_path: Path) -> None:
    assert len(_run(ExportRequest(project.folder, "grey-png", tmp_path / "out")).written) == 3


def test_only_done_frames_and_those_that_hold_nothing(project: Project, tmp_path: Path) -> None:
    request = ExportRequest(project, "indexed-png", tmp_path / "out", only_done=True)
    with pytest.raises(SegStudioError, match="has no frame that is marked as done"):
        _run(request)
    project.set_status("b", Status.DONE)
    project.set_status("c", Status.DONE)  # finished, and there is nothing in it
    report = _run(request)
    assert [path.name for path in report.written] == ["b.png", "c.png"]
    with Image.open(report.written[1]) as image:
        assert (np.asarray(image) == VOID).all()


def test_nothing_labelled_is_said_at_once(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(SegStudioError, match=r"has no labelled frame\. Label a frame first"):
        _run(ExportRequest(tmp_path, "indexed-png", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_frames_that_fail_are_listed_and_the_others_go_on(project: Project, tmp_path: Path) -> None:
    (project.home / "labels" / "a.png").write_bytes(b"damaged")
    (project.folder / "b.png").unlink()
    report = _run(ExportRequest(project, "indexed-png", tmp_path / "out"))
    assert [path.name for path in report.written] == ["a_png.png"]
    assert [failure.name for failure in report.failures] == ["a", "b"]
    assert "a.png: is no PNG file" in report.failures[0].reason
    assert "b.png: does not exist" in report.failures[1].reason
    assert report.summary.endswith("; 2 failed.")


def test_files_that_are_there_stay_unless_told_otherwise(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.png").write_bytes(b"somebody's work")
    request = ExportRequest(project, "indexed-png", out)
    report = _run(request)
    assert [failure.name for failure in report.failures] == ["b"]
    assert "exists already. Allow overwriting" in report.failures[0].reason
    assert (out / "b.png").read_bytes() == b"somebody's work"
    assert len(_run(replace(request, overwrite=True)).written) == 3


@pytest.mark.parametrize(
    "place",
    ["", "labels", "labels/deeper", "provenance", ".segstudio", "runs/x", "labels/../labels"],
)
def test_the_project_itself_is_never_written_to(project: Project, place: str) -> None:
    def content() -> dict[Path, bytes]:
        files = (path for path in project.folder.rglob("*.png"))
        return {path: path.read_bytes() for path in files}

    before = content()
    with pytest.raises(SegStudioError, match="belongs to the project itself"):
        _run(ExportRequest(project, "colour-png", project.folder / place, overwrite=True))
    assert content() == before


def test_the_pictures_folder_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", SHAPE[::-1]).save(tmp_path / "images" / "a.png")
    with Project.open(tmp_path) as project:
        project.classes = CLASSES
        project.save_labels("a", _painted(0))
        with pytest.raises(SegStudioError, match="belongs to the project itself"):
            _run(ExportRequest(project, "indexed-png", tmp_path / "images", overwrite=True))
        assert len(_run(ExportRequest(project, "indexed-png", tmp_path / "masks")).written) == 1


def test_formats_that_cannot_hold_the_classes_write_nothing(
    project: Project, tmp_path: Path
) -> None:
    project.classes = CLASSES.changed(2, colour=CLASSES.classes[0].colour)
    with pytest.raises(SegStudioError, match="have the same colour"):
        _run(ExportRequest(project, "colour-png", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(SegStudioError, match=r"label format 'gif'.*indexed-png"):
        _run(ExportRequest(project, "gif", tmp_path / "out"))


def test_what_a_lossy_format_loses_is_said_and_its_files_go(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = registry.get("indexed-png")

    def forgetful(ids: np.ndarray, classes: ClassTable) -> bytes:
        return exact.encode(np.where(ids == 2, 1, np.where(ids == 0, VOID, ids)), classes)

    lossy = replace(exact, name="lossy", encode=forgetful)
    _only(monkeypatch, lossy)
    report = _run(ExportRequest(project, "lossy", tmp_path / "out"))
    assert report.written == ()
    counts = np.bincount(_painted(0).ids.ravel(), minlength=256)
    reason = report.failures[0].reason
    assert f"{counts[0] + counts[2]} of 1200 pixels differ" in reason
    assert f"sky became void ({counts[0]})" in reason
    assert f"car became road ({counts[2]})" in reason
    assert list((tmp_path / "out").iterdir()) == []


def test_a_format_that_changes_the_size_is_found_out(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = registry.get("indexed-png")
    cropping = replace(exact, encode=lambda ids, classes: exact.encode(ids[1:], classes))
    _only(monkeypatch, cropping)
    report = _run(ExportRequest(project, "indexed-png", tmp_path / "out"))
    assert "it has 40 x 29 pixels instead of 40 x 30" in report.failures[0].reason


def _only(monkeypatch: pytest.MonkeyPatch, spec: FormatSpec) -> None:
    class Only:
        get: Callable[[str], FormatSpec] = staticmethod(lambda name: spec)

    monkeypatch.setattr(module, "registry", Only)


def test_stopping_it_lets_the_project_go(project: Project, tmp_path: Path) -> None:
    project.close()
    steps = export_labels(ExportRequest(project.folder, "indexed-png", tmp_path / "out"))
    next(steps)
    next(steps)
    steps.close()
    assert (tmp_path / "out" / "a.png").exists()
    with Project.open(project.folder) as again:
        assert not again.read_only
