"""Scoring a network on whole validation frames, by the very path that segments a folder."""

from collections.abc import Generator

from segstudio.core.progress import Progress
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import Checkpoint
from segstudio.training.dataset import FrameSet
from segstudio.training.metrics import ConfusionMatrix, Scores


def evaluate(
    checkpoint: Checkpoint, frames: FrameSet, device: str
) -> Generator[Progress, None, Scores]:
    """Predict every frame and count.

    Parameters
    ----------
    checkpoint
        The network; its class table is the one that is scored.
    frames
        As their files hold them, neither cropped nor converted.
    device
        Where to predict.

    Yields
    ------
    One :class:`Progress` per frame.

    Returns
    -------
    The scores over all frames.
    """
    predictor = Predictor(checkpoint, device)
    matrix = ConfusionMatrix(checkpoint.classes)
    for index in range(len(frames)):
        labelled = frames[index]
        frame = labelled.frame
        matrix.add(labelled.ids, predictor.predict(frame.pixels, frame.window).ids(), frame.name)
        yield Progress(index + 1, len(frames), f"Evaluating {frame.name}")
    return matrix.scores()
