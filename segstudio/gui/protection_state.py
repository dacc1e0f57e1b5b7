"""Which rules protect labels now, as widgets show it."""

from dataclasses import dataclass, field

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID
from segstudio.core.protection import Over, Protection


@dataclass(frozen=True, slots=True)
class ProtectionState:
    """The rules and how far the region is.

    Attributes
    ----------
    rules
        The rules of the project, without the region.
    classes
        The project's class table.
    drawn
        Whether a region has been drawn on this frame.
    inside
        Whether to paint only inside of it.
    drawing
        Whether the next gesture draws it.
    """

    rules: Protection = field(default_factory=Protection)
    classes: ClassTable = field(default_factory=ClassTable)
    drawn: bool = False
    inside: bool = False
    drawing: bool = False

    @property
    def active(self) -> bool:
        """Whether any rule is in force."""
        return self.rules.active or self.inside

    @property
    def over(self) -> tuple[Over, int]:
        """What may be painted over, and the class's id; void's where it is no class."""
        of_class = self.rules.over == "class"
        return self.rules.over, self.rules.over_class if of_class else VOID

    def in_words(self) -> str:
        """The rules in one line, "Painting only over void"; empty where there is none."""
        parts = []
        over, class_id = self.over
        if over != "everything":
            parts.append(f"only over {name_of(self.classes, class_id)}")
        if self.inside:
            parts.append("only inside the region")
        if count := len(self.rules.forbidden):
            parts.append(f"with {count} overwrite rule{'s' if count > 1 else ''}")
        return f"Painting {', '.join(parts)}" if parts else ""


def name_of(classes: ClassTable, class_id: int) -> str:
    """What a person calls an id."""
    found = classes.get(class_id)
    return found.name if found else "void" if class_id == VOID else f"class {class_id}"
