"""Scores of a segmentation: one confusion matrix, and everything that is read from it.

NumPy only, so that the command line can score folders without loading torch.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Scores of one class; None where the class gives no answer (see :class:`Scores`)."""

    id: int
    name: str
    iou: float | None
    accuracy: float | None
    pixels: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a confusion matrix says.

    Pixels whose truth is void count nowhere. A pixel that has a true class and no predicted one
    (predicted void) is an error: it lies in the last column of ``confusion``.

    Attributes
    ----------
    pixel_accuracy
        Share of the pixels that are right ("global" accuracy).
    mean_class_accuracy
        Mean recall over the classes that occur in the truth.
    mean_iou
        Mean of intersection over union over the classes that occur in the truth *or* in the
        prediction: a class that is predicted and nowhere true counts with 0, a class that neither
        side knows does not count.
    per_class
        The same by class, in the class table's order.
    confusion
        Pixels, K rows of truth by K + 1 columns of prediction; the last column is "no class".
    frames
        How many frames were compared.
    missing
        Names of frames that have a truth and no prediction; they count nowhere.

    All three figures are None where no pixel could be compared.
    """

    pixel_accuracy: float | None
    mean_class_accuracy: float | None
    mean_iou: float | None
    per_class: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    frames: int = 0
    missing: tuple[str, ...] = ()

    @property
    def per_class_iou(self) -> dict[str, float | None]:
        """Intersection over union by class name."""
        return {score.name: score.iou for score in self.per_class}

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``--json`` and metrics files."""
        return {
            "frames": self.frames,
            "missing": list(self.missing),
            "pixel_accuracy": self.pixel_accuracy,
            "mean_class_accuracy": self.mean_class_accuracy,
            "mean_iou": self.mean_iou,
            "classes": [
                {
                    "id": score.id,
                    "name": score.name,
                    "iou": score.iou,
                    "accuracy": score.accuracy,
                    "pixels": score.pixels,
                }
                for score in self.per_class
            ],
            "confusion": [list(row) for row in self.confusion],
        }


class ConfusionMatrix:
    """Counts true against predicted ids, frame by frame.

    Parameters
    ----------
    classes
        The ids that may occur besides void; None takes any, and leaves it to :meth:`scores`.
    """

    def __init__(self, classes: ClassTable | None = None) -> None:
        self._classes = classes
        self._counts = np.zeros((256, 256), np.int64)
        self._frames = 0

    def add(self, truth: Ids, predicted: Ids, subject: object = "label map") -> None:
        """Count one frame.

        Parameters
        ----------
        truth, predicted
            HxW uint8 class ids, 255 is void.
        subject
            What a message should name, such as the file of the prediction.

        Raises
        ------
        SegStudioError
            Where the sizes differ or an id is not in the class table.
        """
        if truth.shape != predicted.shape:
            raise SegStudioError(
                subject,
                f"has {predicted.shape[1]}x{predicted.shape[0]} pixels and its truth has "
                f"{truth.shape[1]}x{truth.shape[0]}",
                "Compare masks of the same size.",
            )
        cells = truth.astype(np.int64).ravel() * 256 + predicted.ravel()
        counts = np.bincount(cells, minlength=self._counts.size).reshape(self._counts.shape)
        self._refuse_unknown(counts, subject)
        self._counts += counts
        self._frames += 1

    def values(self) -> tuple[set[int], set[int]]:
        """All values seen so far: in the truth, in the prediction; void among them."""
        true, predicted = (np.flatnonzero(self._counts.any(axis=axis)) for axis in (1, 0))
        return set(true.tolist()), set(predicted.tolist())

    def renamed(self, truth: Ids, predicted: Ids) -> "ConfusionMatrix":
        """The same counts with other ids; both arguments are 256 uint8, new id by old one."""
        result = ConfusionMatrix(self._classes)
        np.add.at(result._counts, (truth[:, None], predicted[None, :]), self._counts)
        result._frames = self._frames
        return result

    def scores(self, classes: ClassTable | None = None) -> Scores:
        """The figures of everything that was added so far.

        Parameters
        ----------
        classes
            The classes to score; by default those that the matrix was made with.
        """
        table = classes if classes is not None else self._classes
        if table is None:
            raise ValueError("a confusion matrix without classes needs them for its scores")
        ids = list(table.ids)
        counts = np.zeros((len(ids), len(ids) + 1), np.int64)
        counts[:, :-1] = self._counts[np.ix_(ids, ids)]
        counts[:, -1] = self._counts[ids].sum(axis=1) - counts.sum(axis=1)
        return self._scores(table, counts)

    def _scores(self, table: ClassTable, counts: NDArray[np.int64]) -> Scores:
        hits = np.diagonal(counts)
        true = counts.sum(axis=1)
        union = true + counts[:, :-1].sum(axis=0) - hits
        iou = [_ratio(hit, both) for hit, both in zip(hits, union, strict=True)]
        recall = [_ratio(hit, all_) for hit, all_ in zip(hits, true, strict=True)]
        return Scores(
            pixel_accuracy=_ratio(hits.sum(), true.sum()),
            mean_class_accuracy=_mean(recall),
            mean_iou=_mean(iou),
            per_class=tuple(
                ClassScore(entry.id, entry.name, iou[place], recall[place], int(true[place]))
                for place, entry in enumerate(table)
            ),
            confusion=tuple(tuple(row) for row in counts.tolist()),
            frames=self._frames,
        )

    def _refuse_unknown(self, counts: NDArray[np.int64], subject: object) -> None:
        if self._classes is None:
            return
        seen = np.flatnonzero(counts.any(axis=0) | counts.any(axis=1))
        unknown = sorted(set(seen.tolist()) - {*self._classes.ids, VOID})
        if unknown:
            raise SegStudioError(
                subject,
                f"holds ids that are not in the class table: {', '.join(map(str, unknown))}",
                "Name the classes file of these masks, and the value that means void.",
            )


def _ratio(part: float, whole: float) -> float | None:
    return float(part) / float(whole) if whole else None


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
