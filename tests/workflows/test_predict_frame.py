from pathlib import Path

import numpy as np

from segstudio.core.classes import ClassTable
from segstudio.core.frame import Frame
from segstudio.inference.crf import CrfParameters
from segstudio.inference.labelling import FramePrediction
from segstudio.workflows.predict_frame import PredictRequest, predict_frame

FRAME = Frame(
    "a", np.where(np.arange(24) < 10, 20, 230).astype(np.uint8) * np.ones((9, 1), np.uint8)
)
CLASSES = ClassTable.of_names(["light", "moon"])


def last(request: PredictRequest) -> FramePrediction:
    *_, report = predict_frame(request)
    assert report.message == "Predicted a"
    return report.payload


def test_a_frame_in_the_projects_ids(model_file: Path):
    prediction = last(PredictRequest(FRAME, CLASSES, model_file, device="cpu"))
    assert np.array_equal(prediction.ids, np.where(FRAME.pixels > 100, 0, 255))
    assert prediction.unmatched == ("dark", "alien")
    assert prediction.probabilities.values.shape == (3, 9, 24)
    assert prediction.probabilities.classes.names == ("dark", "light", "alien")


def test_scribbles_teach_the_crf_a_class_that_the_model_lacks(model_file: Path):
    scribbles = np.full((9, 24), 255, np.uint8)
    scribbles[2:7, 2:9] = 1
    parameters = CrfParameters(appearance_sigma_rgb=20.0)
    request = PredictRequest(FRAME, CLASSES, model_file, parameters, scribbles, "cpu")
    ids = last(request).ids
    assert (ids[3:6, 3:8] == 1).all()
    assert (ids[:, 12:] == 0).all()
