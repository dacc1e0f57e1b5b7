"""All that is known of a frame, as one value."""

from dataclasses import dataclass

from segstudio.project.status import Status


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """How a frame stands.

    Attributes
    ----------
    status
        How far it has come.
    empty
        Whether the user said that it is done and holds nothing to label.
    flag
        The user's comment where the frame is flagged, which may be empty; else None.
    seconds
        How long it was worked on.
    uncertainty
        Mean uncertainty of the last prediction, 0 to 1; None where there was none.
    corrected
        Pixels that are a human's in the label files; None where they are not counted yet.
    classes
        Ids in the label file, without void; None where they are not counted yet.
    """

    status: Status = Status.UNLABELLED
    empty: bool = False
    flag: str | None = None
    seconds: float = 0.0
    uncertainty: float | None = None
    corrected: int | None = 0
    classes: frozenset[int] | None = frozenset()
