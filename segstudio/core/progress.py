"""What long work yields while it runs."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a running job.

    Attributes
    ----------
    done, total
        Units of work; ``total`` is 0 while it is not known.
    message
        One short line for a status bar.
    payload
        What the caller may use: a result, metrics, a failure. Picklable.
    """

    done: int
    total: int
    message: str = ""
    payload: Any = None

    @property
    def fraction(self) -> float:
        """Share of the work that is done, 0 to 1; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0
