"""Predict one frame with a model, in a project's classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.frame import Frame
from segstudio.core.label_map import Ids
from segstudio.core.progress import Progress
from segstudio.inference.crf import CrfParameters


@dataclass(frozen=True, eq=False)
class PredictRequest:
    """What to predict, and with what.

    Attributes
    ----------
    frame, classes
        The picture, and the class table that the answer is wanted in.
    model
        A checkpoint file or an architecture with published weights.
    crf
        The CRF's parameters; None leaves it out.
    scribbles
        HxW uint8 ids that a human chose, 255 where none: what the CRF must respect.
    """

    frame: Frame
    classes: ClassTable
    model: str | Path
    crf: CrfParameters | None = None
    scribbles: Ids | None = None
    device: str = "auto"


def predict_frame(request: PredictRequest) -> Iterator[Progress]:
    """Load the model and predict; who predicts more often keeps a ``Predictor`` instead.

    Yields
    ------
    :class:`Progress`; the last one's payload is a
    :class:`segstudio.inference.labelling.FramePrediction`.

    Raises
    ------
    SegStudioError
        Where the model, the device or the frame cannot be used.
    """
    from segstudio.inference.labelling import predict_for_project
    from segstudio.inference.opening import open_model
    from segstudio.inference.predictor import Predictor

    predictor = Predictor((yield from open_model(request.model)), request.device)
    prediction = yield from predict_for_project(
        predictor, request.frame, request.classes, request.crf, request.scribbles
    )
    yield Progress(1, 1, f"Predicted {request.frame.name}", prediction)
