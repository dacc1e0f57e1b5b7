"""Gets what is to be compared with: reads frames, asks models, and says what is missing."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.comparison.exhibits import (
    Exhibit,
    of_document,
    of_opinion,
    of_picture,
    of_prediction,
)
from segstudio.gui.comparison.opinions import Opinion, Opinions
from segstudio.gui.comparison.subject import Subject
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.model_choices import WEIGHTS, Choice
from segstudio.gui.predicting import Predicting, Prediction
from segstudio.gui.reading import Opened, read
from segstudio.gui.settings import Settings
from segstudio.project import Project, Status

_LANE = "comparing"
_OTHER = {"next": Subject("previous"), "previous": Subject("next")}


@dataclass(frozen=True, slots=True)
class Lack:
    """Why there is nothing to look at; ``remedy`` is the text of a button that helps."""

    sentence: str
    remedy: str = ""
    act: Callable[[], object] | None = None


class Finding(QObject):
    """Looks for one subject at a time; who asks for another one hears no more of the first."""

    found = Signal(object)
    """The ``Exhibit``."""

    waiting = Signal(str, object)
    """What is waited for, and a ``PicturePyramid`` to look at meanwhile, or None."""

    progressed = Signal(str)
    """How far it is with that."""

    lacking = Signal(object)
    """A ``Lack``."""

    def __init__(
        self,
        jobs: Jobs,
        labelling: Labelling,
        predicting: Predicting,
        settings: Settings,
        order: Callable[[], list[str]],
        parent: QObject,
    ) -> None:
        """``order`` names the frames in the order in which they are listed."""
        super().__init__(parent)
        self.choose: Callable[[Subject], object] = self.find
        """How another subject is chosen as a remedy."""
        self.import_model: Callable[[], object] = lambda: None
        self._jobs = jobs
        self._labelling = labelling
        self._predicting = predicting
        self._settings = settings
        self._order = order
        self._opinions = Opinions(jobs)
        self._reading: JobHandle | None = None
        self._other: Document | None = None
        self._prediction: Prediction | None = None
        self._wanted: Subject | None = None
        self._model = ""
        self._postponed = False
        labelling.project_opened.connect(lambda _project: self._opinions.forget())
        labelling.classes_changed.connect(self._take_classes)
        labelling.frame_left.connect(self.stop)
        labelling.frame_opened.connect(self._forget_prediction)
        predicting.predicted.connect(self._take_prediction)
        predicting.state_changed.connect(self._follow_state)

    def find(self, subject: Subject) -> None:
        """Look for a subject; one of the signals tells at once, others later."""
        self.stop()
        self._wanted = subject
        document, pyramid = self._labelling.document, self._labelling.pyramid
        project = self._labelling.project
        if project is None or document is None or pyramid is None:
            self.lacking.emit(Lack("Open a frame to compare it with something."))
        elif subject.kind == "picture":
            title = f"{document.frame.name} · picture"
            self.found.emit(of_picture(title, document, pyramid))
        elif subject.of_model:
            self._find_prediction(subject, document, pyramid)
        else:
            self._find_frame(subject, project, document, pyramid)

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._opinions.stop()
        self._other = self._wanted = None
        self._postponed = False
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def forget(self) -> None:
        """Give back all memory."""
        self.stop()
        self._opinions.forget()

    # --- frames --------------------------------------------------------------------------------

    def _find_frame(
        self, subject: Subject, project: Project, document: Document, pyramid: PicturePyramid
    ) -> None:
        here = self._labelling.frame_name
        name = subject.frame(self._order(), here)
        if not name:
            self.lacking.emit(self._no_neighbour(subject))
        elif name == here:
            self.found.emit(of_document(f"{name} · this frame", document, pyramid))
        elif all(entry.name != name for entry in project.entries):
            sentence = f"This project has no frame {name}."
            self.lacking.emit(self._instead(sentence, Subject("next")))
        else:
            self._read(subject, project, name)

    def _read(self, subject: Subject, project: Project, name: str) -> None:
        held = self._labelling.held(name)
        title = _title_of_frame(subject, name)
        self.waiting.emit(f"{title} · reading…", None)

        def seen(progress: Progress) -> None:
            if isinstance(progress.payload, PicturePyramid):
                self.waiting.emit(f"{title} · reading…", progress.payload)

        def opened(result: Opened) -> None:
            kind = "unlabelled" if project.status(name) == Status.UNLABELLED else "labels"
            self._other = Document(result.frame, result.label_map, project.classes)
            self.found.emit(of_document(f"{title} · {kind}", self._other, result.pyramid))

        self._reading = self._jobs.run_in_thread(
            lambda: read(project, name, held),
            lane=_LANE,
            key="frame",
            on_progress=seen,
            on_done=opened,
            on_failed=lambda error: self._fail(subject, error),
        )

    def _no_neighbour(self, subject: Subject) -> Lack:
        if self._labelling.frame_name not in self._order():
            return Lack("The open frame is not in the list now, so that nothing is next to it.")
        which = "last" if subject.kind == "next" else "first"
        return self._instead(f"This is the {which} frame.", _OTHER[subject.kind])

    def _instead(self, sentence: str, other: Subject) -> Lack:
        return Lack(sentence, f"Compare with the {other.kind} frame", lambda: self.choose(other))

    # --- models --------------------------------------------------------------------------------

    def _find_prediction(
        self, subject: Subject, document: Document, pyramid: PicturePyramid
    ) -> None:
        if not self._predicting.choices.entries:
            self.waiting.emit("Looking for models…", pyramid)
            return
        self._model = self._model_of(subject)
        choice = self._predicting.choices.get(self._model)
        lack = self._no_model(subject) if choice is None else self._useless(choice, document)
        if choice is None or lack is not None:
            self.lacking.emit(lack)
            return
        title = f"Prediction of {choice.label}"
        exhibit = self._known(title, choice.key, document, pyramid)
        if exhibit is not None:
            self.found.emit(exhibit)
        else:
            self._ask(title, choice.key, subject, document, pyramid)

    def _useless(self, choice: Choice, document: Document) -> Lack | None:
        """Why a model cannot say anything of this project's classes; None where it can."""
        if not len(document.classes):
            sentence = "This project has no classes yet. Predict once, and it takes the model's."
            return Lack(sentence, "Predict", self._predicting.predict)
        if not choice.knows_any_of(document.classes):
            return Lack(f"{choice.label} knows none of this project's classes.")
        return None

    def _known(
        self, title: str, model: str, document: Document, pyramid: PicturePyramid
    ) -> Exhibit | None:
        said = self._prediction
        if said is not None and said.document is document and said.model == model:
            plane = said.probabilities.plane
            return of_prediction(title, document, pyramid, said.ids, plane)
        opinion = self._opinions.known(model, document)
        return None if opinion is None else of_opinion(title, document, pyramid, opinion)

    def _ask(
        self,
        title: str,
        model: str,
        subject: Subject,
        document: Document,
        pyramid: PicturePyramid,
    ) -> None:
        self.waiting.emit(f"{title}…", pyramid)

        def answered(opinion: Opinion) -> None:
            self.found.emit(of_opinion(title, document, pyramid, opinion))

        def progressed(progress: Progress) -> None:
            share = f" {progress.done / progress.total:.0%}" if progress.total > 1 else ""
            self.progressed.emit(f"{title}…{share}")

        self._opinions.ask(
            model,
            self._settings.device,
            document,
            progressed,
            answered,
            lambda error: self._fail(subject, error),
        )

    def _model_of(self, subject: Subject) -> str:
        """The key of the model that is meant; "" where there is none."""
        if subject.kind == "prediction":
            return self._predicting.chosen
        project = self._labelling.project
        classes = project.classes if project is not None else ClassTable()
        fitting = [
            choice.key
            for choice in self.others()
            if choice.group != WEIGHTS and choice.knows_any_of(classes)
        ]
        return subject.name or next(iter(fitting), "")

    def others(self) -> list[Choice]:
        """The models that are not in use."""
        chosen = self._predicting.chosen
        return [choice for choice in self._predicting.choices.entries if choice.key != chosen]

    def _no_model(self, subject: Subject) -> Lack:
        if subject.kind == "prediction":
            return Lack("Choose a model in the Model panel first.")
        if subject.name:
            sentence = "The model that was compared with is not to be found any more."
            return Lack(sentence, "Compare with the next frame", lambda: self.choose(Subject()))
        sentence = "No other model yet: fine-tune or import one."
        return Lack(sentence, "Import a checkpoint…", lambda: self.import_model())

    def _forget_prediction(self) -> None:
        self._prediction = None

    def _take_prediction(self, prediction: Prediction) -> None:
        self._prediction = prediction
        if self._wanted is not None and self._wanted.of_model:
            self.find(self._wanted)

    def _follow_state(self, kind: str, _text: str) -> None:
        """Predictions that the labeller waits for go first; another model may be in use."""
        wanted = self._wanted
        if wanted is None or not wanted.of_model:
            return
        if kind == "busy":
            self._postponed = self._postponed or self._opinions.asking
            self._opinions.stop()
        elif self._postponed or self._model_of(wanted) != self._model:
            self.find(wanted)

    # --- both ----------------------------------------------------------------------------------

    def _take_classes(self, classes: ClassTable) -> None:
        if self._other is not None:
            self._other.classes = classes

    def _fail(self, subject: Subject, error: Exception) -> None:
        told = str(error) if isinstance(error, SegStudioError) else f"That failed: {error}"
        self.lacking.emit(Lack(told, "Try again", lambda: self.choose(subject)))


def _title_of_frame(subject: Subject, name: str) -> str:
    before = {"next": "Next: ", "previous": "Previous: "}.get(subject.kind, "")
    return f"{before}{name}"
