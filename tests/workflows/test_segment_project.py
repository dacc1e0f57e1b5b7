from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.inference.crf import CrfParameters
from segstudio.inference.labelling import Outcome, Summary
from segstudio.project import Project, Status
from segstudio.workflows.segment_project import SegmentProjectRequest, segment_project

SHAPE = (16, 24)
LEFT_DARK = np.where(np.arange(24) < 10, 20, 230).astype(np.uint8) * np.ones((16, 1), np.uint8)
# The project's own ids for the model's names; "light" is 0 here, and "alien" is not known.
CLASSES = ClassTable((LabelClass(0, "Light", (1, 1, 1)), LabelClass(7, "dark", (2, 2, 2))))
EXPECTED = np.where(LEFT_DARK > 100, 0, 7)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    for name in ("a", "b", "c", "d"):
        Image.fromarray(LEFT_DARK).save(tmp_path / f"{name}.png")
    with Project.open(tmp_path) as opened:
        opened.classes = CLASSES
        yield opened


@pytest.fixture
def request_(model_file: Path) -> SegmentProjectRequest:
    return SegmentProjectRequest(model_file, device="cpu")


def run(
    project: Project, request: SegmentProjectRequest, **more: object
) -> tuple[dict[str, Outcome], Summary]:
    payloads = [report.payload for report in segment_project(project, request, **more)]
    return {p.name: p for p in payloads if isinstance(p, Outcome)}, payloads[-1]


def paint(project: Project, name: str, class_id: int, provenance: Provenance) -> None:
    labels = LabelMap.blank(SHAPE)
    labels.ids[:4, :4], labels.provenance[:4, :4] = class_id, provenance
    project.save_labels(name, labels)


def test_unlabelled_frames_get_the_models_labels(project: Project, request_: SegmentProjectRequest):
    _, summary = run(project, request_)
    assert (summary.done, summary.skipped, summary.failures) == (4, 0, ())
    assert summary.unmatched == ("alien",)
    labels = project.load_labels("a", SHAPE)
    assert np.array_equal(labels.ids, EXPECTED)
    assert (labels.provenance == Provenance.MODEL).all()
    assert project.status("a") is Status.PREDICTED
    assert 0 <= (project.uncertainty("a") or 0) < 0.5


def test_labelled_and_finished_frames_are_left_alone(
    project: Project, request_: SegmentProjectRequest
):
    paint(project, "a", 7, Provenance.HUMAN)
    paint(project, "b", 7, Provenance.MODEL)
    project.set_status("c", Status.DONE)
    outcomes, summary = run(project, request_)
    assert [name for name, outcome in outcomes.items() if outcome.skipped] == ["a", "b", "c"]
    assert (summary.done, summary.skipped) == (1, 3)
    assert not project.has_labels("c")


def test_human_pixels_stay_whatever_is_asked(project: Project, request_: SegmentProjectRequest):
    paint(project, "a", 0, Provenance.HUMAN)
    paint(project, "b", 0, Provenance.MODEL)
    project.set_status("c", Status.DONE)
    outcomes, _ = run(project, replace(request_, only_unlabelled=False))
    assert [name for name, outcome in outcomes.items() if outcome.skipped] == ["c"]
    labels = project.load_labels("a", SHAPE)
    assert (labels.ids[:4, :4] == 0).all(), "the model would say dark"
    assert (labels.provenance[:4, :4] == Provenance.HUMAN).all()
    assert np.array_equal(labels.ids[4:], EXPECTED[4:])
    assert np.array_equal(project.load_labels("b", SHAPE).ids, EXPECTED)
    assert project.status("a") is Status.EDITED


def test_locked_classes_stay(project: Project, request_: SegmentProjectRequest):
    paint(project, "a", 0, Provenance.MODEL)
    project.classes = CLASSES.changed(0, locked=True)
    run(project, replace(request_, only_unlabelled=False))
    assert (project.load_labels("a", SHAPE).ids[:4, :4] == 0).all()


def test_a_frame_that_is_being_labelled_is_skipped_even_late(
    project: Project, request_: SegmentProjectRequest
):
    asked: list[str] = []

    def opened_meanwhile(name: str) -> bool:
        asked.append(name)
        return asked.count("b") > 1 and name == "b"

    outcomes, _ = run(project, request_, is_open=opened_meanwhile)
    assert [name for name, outcome in outcomes.items() if outcome.skipped] == ["b"]
    assert not project.has_labels("b")


def test_failures_do_not_stop_the_others(project: Project, request_: SegmentProjectRequest):
    (project.folder / "b.png").write_bytes(b"gone bad")
    outcomes, summary = run(project, request_)
    assert summary.done == 3
    assert [failure.name for failure in summary.failures] == ["b"]
    assert "b.png" in outcomes["b"].failure


def test_stopped_and_started_again_it_goes_on(project: Project, request_: SegmentProjectRequest):
    job = segment_project(project, request_)
    while not isinstance(next(job).payload, Outcome):
        pass
    job.close()
    assert [project.status(name) for name in "ab"] == [Status.PREDICTED, Status.UNLABELLED]
    assert run(project, request_)[1].skipped == 1


def test_the_crf_runs_where_the_caller_says_and_knows_the_scribbles(
    project: Project, request_: SegmentProjectRequest
):
    paint(project, "a", 7, Provenance.HUMAN)
    seen = []

    def elsewhere(image, probabilities, parameters, scribbles):
        seen.append((image.shape, probabilities.shape, scribbles))
        return probabilities

    request = replace(request_, crf=CrfParameters(), only_unlabelled=False)
    run(project, request, refine=elsewhere)
    image, probabilities, scribbles = seen[0]
    assert image == (*SHAPE, 3)
    assert probabilities == (3, *SHAPE), "two classes of the project, and the alien"
    assert (scribbles[:4, :4] == 1).all()
    assert (scribbles[4:] == 255).all()


def test_what_cannot_work_is_refused_at_once(
    project: Project, request_: SegmentProjectRequest, tmp_path: Path
):
    with Project.open(tmp_path) as second, pytest.raises(SegStudioError, match="read-only"):
        run(second, request_)
    project.classes = ClassTable.of_names(["moon"])
    with pytest.raises(SegStudioError, match="none of the project's classes"):
        run(project, request_)
    project.classes = ClassTable()
    with pytest.raises(SegStudioError, match="no classes"):
        run(project, request_)
