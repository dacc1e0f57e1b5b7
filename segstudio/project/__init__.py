"""The project folder: pictures in place, label files, journal, index, lock, runs."""

from segstudio.project.entries import FrameEntry
from segstudio.project.frame_record import FrameRecord
from segstudio.project.project import Project
from segstudio.project.runs import Run
from segstudio.project.status import Status

__all__ = ["FrameEntry", "FrameRecord", "Project", "Run", "Status"]
