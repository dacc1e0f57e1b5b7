"""Training beside the window: what it needs, its end, its failures, closing while it runs."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.training.report import TrainReport
from segstudio.workflows.fine_tune import FineTuneRequest

from .conftest import CONTROL, Hands


def show(hands: Hands):
    hands.key(Qt.Key.Key_T, CONTROL)
    return hands.window.fine_tuning.dialog


@pytest.fixture
def labelled(at_work: Hands) -> Hands:
    """Frame a is labelled by hand and called done."""
    at_work.stroke((0.2, 0.1), (0.2, 0.9))
    at_work.key(Qt.Key.Key_2)
    at_work.stroke((0.8, 0.1), (0.8, 0.9))
    at_work.key(Qt.Key.Key_Return)
    return at_work


def start(hands: Hands):
    dialog = show(hands)
    hands.wait(dialog.start.isEnabled)
    hands.click(dialog.start)
    return dialog


class Training:
    """Stands for the training process: as long and with such an end as a test wants."""

    def __init__(self, checkpoint: Path) -> None:
        self.checkpoint = checkpoint
        self.go = threading.Event()
        self.requests: list[FineTuneRequest] = []
        self.error: Exception | None = None

    def __call__(self, request: FineTuneRequest) -> Iterator[Progress]:
        self.requests.append(request)
        report = TrainReport(
            step=1, steps=9, loss=0.5, lr=0.1, seconds=1.0, eta_seconds=8.0, best_mean_iou=0.61
        )
        kept = request.out / "checkpoint.safetensors"
        yield Progress(1, 9, "Step 1", report)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(self.checkpoint.read_bytes())
        while not self.go.wait(0.01):
            yield Progress(1, 9, "Step 1", report)
        if self.error is not None:
            raise self.error
        yield Progress(9, 9, "", TrainReport(**{**_fields(report), "checkpoint": kept}))


def _fields(report: TrainReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch, checkpoint: Path, hands: Hands) -> Iterator[Training]:
    """Training in a thread, so that a test sees into it; a real process has tests of its own."""
    trainer = Training(checkpoint)
    jobs = hands.window.jobs

    def run_in_process(make: Callable[..., object], args: tuple, *, name: str, **handlers):
        return jobs.run_in_thread(lambda: make(*args), lane=name, **handlers)

    monkeypatch.setattr("segstudio.workflows.fine_tune.fine_tune", trainer)
    monkeypatch.setattr(jobs, "run_in_process", run_in_process)
    yield trainer
    trainer.go.set()


def test_nothing_to_learn_from_is_said_with_the_remedy(at_work: Hands) -> None:
    dialog = show(at_work)
    assert "No frame is labelled by you" in dialog.settings.frames.text()
    assert "mark it as done" in dialog.settings._frames_remark.text()
    assert not dialog.start.isEnabled()
    at_work.stroke((0.2, 0.1), (0.2, 0.9))
    show(at_work)
    at_work.wait(dialog.start.isEnabled)


def test_without_a_project_the_dialog_says_what_to_do(hands: Hands) -> None:
    dialog = show(hands)
    assert "No project is open" in dialog.settings.frames.text()
    assert not dialog.start.isEnabled()


def test_it_goes_on_while_the_dialog_is_closed(labelled: Hands, training: Training) -> None:
    dialog = start(labelled)
    labelled.wait(lambda: dialog.run.best.text() == "0.610")
    dialog.close()
    job = labelled.window.status._job
    assert job.name.text().startswith("Fine-tune")
    labelled.click(job.name)
    assert dialog.isVisible() and dialog.running
    dialog.close()
    labelled.go("b")
    training.go.set()
    labelled.wait_for_message("Fine-tuning has finished, mIoU 0.61")
    assert not job.isVisible()
    labelled.click(labelled.button(labelled.window.messages, "Use this model now"))
    kept = training.requests[0].out / "checkpoint.safetensors"
    assert labelled.window.predicting.chosen == str(kept)
    labelled.predict()


def test_what_is_on_the_screen_is_what_is_learnt(
    labelled: Hands, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled.stroke((0.5, 0.1), (0.5, 0.9))
    ids = labelled.labels.ids.copy()
    seen = []

    def look(request: FineTuneRequest) -> Iterator[Progress]:
        seen.append(labelled.project.load_labels("a", ids.shape).ids.copy())
        yield from training(request)

    monkeypatch.setattr("segstudio.workflows.fine_tune.fine_tune", look)
    start(labelled)
    labelled.wait(lambda: bool(seen))
    assert (seen[0] == ids).all()


def test_stopping_keeps_the_best(labelled: Hands, training: Training) -> None:
    dialog = start(labelled)
    labelled.wait(lambda: dialog.run.best.text() == "0.610")
    labelled.click(dialog.stop)
    labelled.wait(lambda: not dialog.running)
    assert dialog.run._title.text() == "Training was stopped"
    labelled.click(dialog.use)
    assert labelled.window.predicting.chosen == str(
        training.requests[0].out / "checkpoint.safetensors"
    )


def test_a_failure_is_told_in_the_dialog_and_beside_it(labelled: Hands, training: Training) -> None:
    training.error = SegStudioError("old.safetensors", "is cut off", "Fetch it again.")
    dialog = start(labelled)
    training.go.set()
    labelled.wait(lambda: not dialog.running)
    assert dialog.failure.remark() == "old.safetensors: is cut off.\nFetch it again."
    labelled.click(dialog.back)
    training.go.clear()
    labelled.click(dialog.start)
    dialog.close()
    training.go.set()
    labelled.wait_for_message("old.safetensors: is cut off. Fetch it again.")


def test_closing_the_window_while_a_process_trains(labelled: Hands) -> None:
    start(labelled)
    job = labelled.window.status._job
    labelled.wait(lambda: job.isVisible() and job.name.text() != "Fine-tune: Starting")
    labelled.close()


def test_a_damaged_start_is_told_by_the_process(labelled: Hands, tmp_path: Path) -> None:
    copy = tmp_path / "mine.safetensors"
    good = Path(labelled.window.predicting.chosen).read_bytes()
    copy.write_bytes(good)
    labelled.window.predicting.choose_checkpoint(copy)
    labelled.wait(lambda: labelled.window.predicting.choices.get(str(copy)) is not None)
    copy.write_bytes(good[: len(good) // 2])
    dialog = start(labelled)
    labelled.wait(lambda: not dialog.running)
    assert "mine.safetensors" in dialog.failure.remark()
    assert dialog.page is dialog._failure_page
