"""Changes that a human makes with one key or click, as opposed to a stroke."""

from itertools import count

from segstudio.core.edit import Edit
from segstudio.gui.labelling import Labelling

_NUMBERS = count()


def change_by_hand(labelling: Labelling, name: str, *edits: Edit) -> bool:
    """Apply edits as one step of undo that obeys locked classes and all rules, as tools do.

    Nothing happens while a stroke is under way.

    Returns
    -------
    Whether any pixel has changed.
    """
    document = labelling.document
    if document is None or document.in_transaction:
        return False
    # A key of its own, so that the CRF's answer to this change can be undone with it.
    document.begin(name, f"by-hand-{next(_NUMBERS)}", protected=True)
    for edit in edits:
        document.apply(edit)
    changed = document.commit() is not None
    if changed:
        labelling.human_edited()
    return changed
