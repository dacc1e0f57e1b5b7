"""What there is to review at this moment: what the controller tells and the panel shows."""

from dataclasses import dataclass, field
from enum import Enum

from segstudio.core.classes import ClassTable
from segstudio.core.differences import Difference
from segstudio.core.label_map import VOID


class Order(Enum):
    """Which differences come first."""

    LARGEST = "Largest first"
    SUREST = "Surest first"

    def sorted(self, regions: tuple[Difference, ...]) -> tuple[Difference, ...]:
        """The same regions in this order."""
        if self is Order.LARGEST:
            return tuple(sorted(regions, key=lambda region: -region.area))
        return tuple(sorted(regions, key=lambda region: (-region.sureness, -region.area)))


class Stage(Enum):
    """Why there is no list, and what to do; or that there is one."""

    UNPREDICTED = "Predict first: then this lists where the model would label otherwise."
    SEARCHING = "Comparing the labels with the prediction…"
    AGREED = "The labels are what the model says. Take the prediction back to accept it in parts."
    REVIEWED = "Nothing is left to review on this frame."
    LISTED = ""


@dataclass(frozen=True)
class ReviewState:
    """Regions to accept or reject, in order, and the place of the one that is looked at."""

    stage: Stage = Stage.UNPREDICTED
    regions: tuple[Difference, ...] = ()
    current: int | None = None
    classes: ClassTable = field(default_factory=ClassTable)

    @property
    def region(self) -> Difference | None:
        """The region that is looked at."""
        return None if self.current is None else self.regions[self.current]

    def words(self, region: Difference) -> str:
        """What a region would change, such as "road → car"."""
        return f"{self._name(region.now)} → {self._name(region.suggested)}"

    def _name(self, class_id: int) -> str:
        known = self.classes.get(class_id)
        return known.name if known is not None else "void" if class_id == VOID else f"{class_id}"
