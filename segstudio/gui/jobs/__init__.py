"""The one owner of the window's threads and processes."""

from segstudio.gui.jobs.handle import JobHandle
from segstudio.gui.jobs.owner import Jobs

__all__ = ["JobHandle", "Jobs"]
