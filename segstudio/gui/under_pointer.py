"""What the status bar says of the pixel under the pointer."""

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.label_map import VOID, Provenance
from segstudio.tools.parts.spec import Likelihood


def describe(
    document: Document, pixel: tuple[int, int], likelihood: Likelihood | None = None
) -> str:
    """Class of a pixel (row, column), who decided it, and the model's probability of that class.

    "car · model 0.93" is the model's own word, "car · you · model 0.12" a correction.
    """
    class_id = int(document.label_map.ids[pixel])
    decided = Provenance(int(document.label_map.provenance[pixel]))
    words = [class_name(document.classes, class_id)]
    if decided == Provenance.HUMAN:
        words.append("you")
    plane = likelihood(class_id) if likelihood is not None else None
    if plane is not None:
        words.append(f"model {plane[pixel]:.2f}")
    elif decided == Provenance.MODEL:
        words.append("model")
    return " · ".join(words)


def class_name(classes: ClassTable, class_id: int) -> str:
    """What a pixel of this id is called, also where the table does not hold it."""
    found = classes.get(class_id)
    return found.name if found else ("void" if class_id == VOID else f"class {class_id}?")
