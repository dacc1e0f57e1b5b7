"""How far a frame has come."""

from enum import StrEnum

from segstudio.core.label_map import VOID, LabelMap, Provenance


class Status(StrEnum):
    """How far a frame has come; ``DONE`` is the user's own word and never derived."""

    UNLABELLED = "unlabelled"
    PREDICTED = "predicted"
    EDITED = "edited"
    DONE = "done"


def derived(label_map: LabelMap) -> Status:
    """What the pixels themselves say: a human's work, a model's, or nobody's."""
    if (label_map.provenance == Provenance.HUMAN).any():
        return Status.EDITED
    return Status.PREDICTED if (label_map.ids != VOID).any() else Status.UNLABELLED


def after_saving(before: Status, found: Status) -> Status:
    """The status of a frame whose labels were saved and of whose pixels ``found`` was derived.

    A frame that was called corrected stays so while it has labels, even where a model decided all
    of them.
    """
    return before if (before, found) == (Status.EDITED, Status.PREDICTED) else found
