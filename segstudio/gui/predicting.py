"""Chooses a model and predicts the current frame with it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.composing import Composition
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import Ids
from segstudio.core.progress import Progress
from segstudio.gui.actions import action
from segstudio.gui.engine import THREADS, Answer, Engine, spare_loaded_code
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.model_choices import Choices, list_choices
from segstudio.gui.notices import Notice, failure
from segstudio.gui.settings import Settings
from segstudio.project import Project, Status
from segstudio.workflows.choose_backend import ChooseBackendRequest, choose_backend

if TYPE_CHECKING:
    from segstudio.inference.mapping import ProjectProbabilities

LANE = "inference"

MEASURES = True
"""Whether slow networks are measured in the background, to run quicker the next time."""

_TRY_AGAIN_MS = 30
_COMPOSING = "composing"
"""The lane in which a prediction and the human's pixels become one label map."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Prediction:
    """A model's word on the document that is open.

    Attributes
    ----------
    document
        What was predicted.
    probabilities
        Sorted by the project's classes.
    ids
        HxW uint8: the most probable class, in the project's ids.
    model
        Key of the model.
    """

    document: Document
    probabilities: "ProjectProbabilities"
    ids: Ids
    model: str


class Predicting(QObject):
    """Keeps the chosen model, runs it in a worker thread, composes its result."""

    choices_changed = Signal(object)
    """``Choices``: what the model panel offers."""

    state_changed = Signal(str, str)
    """Kind (loading, ready, busy, missing) and a line of text."""

    device_chosen = Signal(str)
    """Where networks are to run: a device's name, or ``auto``."""

    device_known = Signal(str, str)
    """Where networks run ("CPU · OpenVINO"), and why there."""

    predicted = Signal(object)
    """A ``Prediction`` was composed into the document."""

    measured = Signal(float)
    """How unsure the model was of the open frame, on average: 0 to 1."""

    working = Signal(object)
    """``Progress`` of the running prediction or download, or None when it has ended."""

    noticed = Signal(object)

    def __init__(
        self, jobs: Jobs, labelling: Labelling, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._settings = settings
        self._engine = Engine()
        self._choices = Choices()
        self._chosen = ""
        self._job: JobHandle | None = None
        self._opened_file: Path | None = None
        self._measured: set[tuple[str, tuple[int, ...]]] = set()
        labelling.frame_opened.connect(self._frame_opened)
        labelling.project_opened.connect(self._project_opened)

    @property
    def chosen(self) -> str:
        """Key of the chosen model."""
        return self._chosen

    @property
    def choices(self) -> Choices:
        return self._choices

    def warm_up(self) -> None:
        """Load torch in the background and find out which device and models there are."""
        self.state_changed.emit("loading", "Loading PyTorch…")
        self._jobs.submit(
            LANE,
            lambda: _choose_device(self._settings.device),
            on_done=lambda device: self.device_known.emit(*device),
            on_failed=self._device_failed,
        )
        self.refresh_choices()

    def refresh_choices(self) -> None:
        """Look again which checkpoints there are: starters, runs, the opened file."""
        project = self._labelling.project
        runs = [run.checkpoint for run in project.runs()] if project else []
        opened = self._opened_file
        self._jobs.submit(
            LANE,
            lambda: list_choices(runs, opened),
            on_done=lambda choices: self._choices_listed(choices, opened),
            on_failed=lambda error: self.noticed.emit(failure(error, "Listing the models")),
            key="choices",
        )

    def choose(self, key: str) -> None:
        """Use this model from now on; kept with the project."""
        self._chosen = key
        project = self._labelling.project
        if project is not None and not project.read_only and project.settings.get("model") != key:
            project.settings["model"] = key
            try:
                project.save_settings()
            except SegStudioError as error:
                self.noticed.emit(failure(error))
        self.state_changed.emit("ready", "")

    def choose_checkpoint(self, path: Path) -> None:
        """Use a checkpoint file, and list it from now on."""
        self._opened_file = path
        self.choose(str(path))
        self.refresh_choices()

    def _project_opened(self, project: Project) -> None:
        """Each project has a model of its own."""
        self._chosen = ""
        saved = Path(str(project.settings.get("model", "")))
        if saved.is_file():
            self._opened_file = saved
        self.refresh_choices()

    def choose_device(self, name: str) -> None:
        """Run on another device from now on."""
        self._settings.device = name
        self.device_chosen.emit(name)
        self._jobs.submit(
            LANE,
            lambda: _choose_device(name),
            on_done=lambda device: self.device_known.emit(*device),
            on_failed=self._device_failed,
        )

    def set_predict_on_open(self, on: bool) -> None:
        """Predict every unlabelled frame as soon as it is opened."""
        self._settings.predict_on_open = on

    @action(
        "&Predict",
        "Model/1",
        "Let the chosen network label this frame. Pixels that you painted stay.",
        icon="mdi6.auto-fix",
        shortcuts=["P"],
    )
    def predict(self) -> None:
        """Run the chosen model on the current frame."""
        document, hindrance = self._labelling.document, self._labelling.closed_to_models()
        if not self._chosen:
            missing = Notice("Choose a model in the Model panel first.", "warning")
            hindrance = hindrance or missing
        if document is None or hindrance is not None:
            self.noticed.emit(hindrance)
            return
        key, device = self._chosen, self._settings.device
        self.state_changed.emit("busy", "Predicting…")
        self.cancel()
        self._job = self._jobs.run_in_thread(
            lambda: self._engine.predict(key, device, document),
            lane=LANE,
            key="predict",
            on_progress=self._progressed,
            on_done=lambda answer: self._answered(document, answer),
            on_failed=self._failed,
            on_cancelled=self._cancelled,
        )

    def cancel(self) -> None:
        """Stop the running prediction or download."""
        if self._job is not None:
            self._job.cancel()

    def _frame_opened(self, document: Document | None) -> None:
        project = self._labelling.project
        if document is None or project is None or not self._settings.predict_on_open:
            return
        if project.status(self._labelling.frame_name) == Status.UNLABELLED and self._chosen:
            self.predict()

    def _progressed(self, progress: Progress) -> None:
        self.working.emit(progress)
        if progress.message:
            self.state_changed.emit("busy", progress.message)

    def _answered(
        self, document: Document, answer: Answer, composition: Composition | None = None
    ) -> None:
        # The human may have gone on, or have called the frame done meanwhile.
        if document is not self._labelling.document or self._labelling.closed_to_models():
            self._ended("ready", "")
            return
        if document.in_transaction:
            # Never under the brush: wait for the end of the stroke.
            QTimer.singleShot(_TRY_AGAIN_MS, self, lambda: self._answered(document, answer))
            return
        if not len(document.classes):
            self._labelling.set_classes(answer.classes)
        if composition is None or not document.accept(composition):
            self._jobs.submit(
                _COMPOSING,
                lambda: document.composition(answer.ids, "Predict"),
                on_done=lambda made: self._answered(document, answer, made),
                on_failed=self._failed,
            )
            return
        self._labelling.model_decided()
        self.measured.emit(answer.uncertainty)
        self.predicted.emit(Prediction(document, answer.probabilities, answer.ids, answer.model))
        self._tell_unmatched(answer)
        self.device_known.emit(answer.device.label, answer.device.reason)
        self._ended("ready", f"{answer.seconds * 1000:.0f} ms on {answer.device.label}")
        self._measure(document, answer)
        for note in answer.notes:
            self.noticed.emit(Notice(note, "warning"))

    def _measure(self, document: Document, answer: Answer) -> None:
        """Look, beside the window, for a quicker way to compute the next frames of this size."""
        frame = document.frame
        attempt = (answer.model, frame.pixels.shape)
        if not (MEASURES and answer.unmeasured) or attempt in self._measured:
            return
        self._measured.add(attempt)
        self._jobs.run_in_process(
            choose_backend,
            (ChooseBackendRequest(answer.model, frame.pixels, frame.window, THREADS),),
            name="Measuring the network",
            on_failed=lambda error: _log.warning("no backend was measured: %s", error),
            grace=0.0,  # it leaves nothing that would have to be tidied up
        )

    def _tell_unmatched(self, answer: Answer) -> None:
        """Some of the model's classes may not be classes of this project: their pixels are void."""
        missing = [
            entry for entry in answer.classes if entry.name in answer.probabilities.unmatched
        ]
        if not missing:
            return
        names = ", ".join(entry.name for entry in missing[:4]) + ("…" if len(missing) > 4 else "")
        text = f"The model also sees classes that this project lacks: {names}. They stay void."

        def add_them() -> None:
            project = self._labelling.project
            if project is None:
                return
            table = project.classes
            for entry in missing:
                table = table.added(entry.name, entry.colour)
            self._labelling.set_classes(table)
            self.predict()

        self.noticed.emit(Notice(text, "warning", "Add these classes", add_them))

    def _choices_listed(self, choices: Choices, opened: Path | None) -> None:
        self._choices = choices
        project = self._labelling.project
        saved = str(project.settings.get("model", "")) if project else ""
        keys = choices.keys()
        # A file that was opened a moment ago is not in a list that was asked for before.
        if self._opened_file is not None and self._opened_file != opened:
            keys.add(str(self._opened_file))
        classes = project.classes.names if project else ()
        if self._chosen not in keys:
            self._chosen = saved if saved in keys else choices.best_for(classes)
        self.choices_changed.emit(choices)
        self.state_changed.emit("ready" if keys else "missing", "")
        # The first frame may have been opened before any model was known.
        self._frame_opened(self._labelling.document)

    def _device_failed(self, error: Exception) -> None:
        self.noticed.emit(
            Notice(str(error), "error", "Use automatic", lambda: self.choose_device("auto"))
        )

    def _failed(self, error: Exception) -> None:
        self._ended("missing", "Could not predict")
        self.noticed.emit(failure(error, "Predicting"))

    def _cancelled(self) -> None:
        # A newer prediction may have pushed the old one out: then there is nothing to say.
        if self._job is None or self._job.cancelled:
            self._ended("ready", "Cancelled")

    def _ended(self, kind: str, text: str) -> None:
        self.working.emit(None)
        self.state_changed.emit(kind, text)


def _choose_device(name: str) -> tuple[str, str]:
    from segstudio.inference.device import choose

    device = choose(name)
    spare_loaded_code()
    return device.label, device.reason
