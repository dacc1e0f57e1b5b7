"""What controllers tell the user: one line, perhaps with a remedy to click."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from segstudio.core.errors import SegStudioError
from segstudio.project import Project

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message for the strip above the canvas; ``remedy`` is the text of its button."""

    text: str
    severity: Severity = "info"
    remedy: str | None = None
    act: Callable[[], object] | None = None


def failure(error: BaseException, what: str = "") -> Notice:
    """The notice for a failed piece of work."""
    if isinstance(error, SegStudioError):
        return Notice(str(error), "error")
    return Notice(f"{what or 'Something'} failed: {type(error).__name__}: {error}", "error")


def read_only(project: Project) -> Notice:
    """The notice for a change that a read-only project cannot take."""
    return Notice(f"This project is open read-only: {project.read_only_reason}.", "warning")
