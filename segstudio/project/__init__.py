"""The project folder: pictures in place, label files, journal, index, lock, runs."""

from segstudio.project.entries import FrameEntry
from segstudio.project.project import Project
from segstudio.project.runs import Run
from segstudio.project.status import Status

__all__ = ["FrameEntry", "Project", "Run", "Status"]
