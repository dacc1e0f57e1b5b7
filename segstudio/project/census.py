"""What the pixels of a frame's label files say, counted once and noted beside them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.formats import count_ids
from segstudio.project.status import Status, derived


@dataclass(frozen=True, slots=True)
class Census:
    """How a frame's label map stands.

    Attributes
    ----------
    status
        As :func:`segstudio.project.status.derived`.
    corrected
        How many pixels are a human's. Since it is counted in the label map and not along the way,
        what is undone, or painted twice, never counts. None where nobody has counted yet.
    classes
        Ids that occur, without void; None where nobody has looked yet.
    """

    status: Status = Status.UNLABELLED
    corrected: int | None = 0
    classes: frozenset[int] | None = frozenset()

    @classmethod
    def of(cls, label_map: LabelMap) -> Self:
        """Count a label map."""
        human = int(np.count_nonzero(label_map.provenance == Provenance.HUMAN))
        return cls(derived(label_map), human, frozenset(count_ids(label_map.ids)) - {VOID})

    @classmethod
    def uncounted(cls, status: Status) -> Self:
        """All that a file of an older SegStudio tells without being decoded."""
        return cls(status, None, None)

    def remark(self, label_bytes: int) -> str:
        """Itself as text, for a label file of so many bytes; see :meth:`from_remark`."""
        ids = ",".join(map(str, sorted(self.classes or ())))
        return f"{self.status} {label_bytes} {self.corrected} {ids}"

    @classmethod
    def from_remark(cls, remark: str, label_bytes: int) -> Self:
        """What :meth:`remark` wrote.

        Raises
        ------
        ValueError
            Where it is no such text, or was written for a label file of another size: another
            program has painted since.
        """
        status, *rest = remark.split(" ")
        if not rest:  # as it was before there were counts
            return cls.uncounted(Status(status))
        size, corrected, ids = rest
        if int(size) != label_bytes:
            raise ValueError(f"of a label file of {size} bytes")
        return cls(
            Status(status), int(corrected), frozenset(map(int, ids.split(",") if ids else ()))
        )
