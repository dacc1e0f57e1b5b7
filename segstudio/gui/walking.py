"""Goes from frame to frame."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from segstudio.gui.actions import action
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice
from segstudio.project import Status


class Walking(QObject):
    """Next and previous, in the order in which the frames are listed."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self, labelling: Labelling, order: Callable[[], list[str]], parent: QObject | None = None
    ) -> None:
        """``order`` names the frames in the order in which *next* goes through them."""
        super().__init__(parent)
        self._labelling = labelling
        self._order = order
        self._walked: set[str] = set()
        labelling.project_opened.connect(lambda _project: self._walked.clear())

    @action(
        "&Next frame",
        "Frame/1",
        "Go to the next frame in the list.",
        icon="mdi6.chevron-right",
        shortcuts=["D", "PgDown"],
    )
    def next_frame(self) -> None:
        """Open the frame after this one."""
        self._go(1)

    @action(
        "&Previous frame",
        "Frame/1",
        "Go to the frame before this one.",
        icon="mdi6.chevron-left",
        shortcuts=["A", "PgUp"],
    )
    def previous_frame(self) -> None:
        """Open the frame before this one."""
        self._go(-1)

    @action(
        "Next &unlabelled frame",
        "Frame/1",
        "Go to the next frame that nobody has labelled.",
        icon="mdi6.skip-next-outline",
        shortcuts=["U"],
    )
    def next_unlabelled(self) -> None:
        """Open the next frame without labels, going round the list once."""
        project, names, here = self._labelling.project, self._names(), self._labelling.frame_name
        if project is None or not names:
            return
        place = names.index(here) if here in names else -1
        for name in names[place + 1 :] + names[: place + 1]:
            if project.status(name) == Status.UNLABELLED:
                self._labelling.open_frame(name)
                return
        which = "this project" if len(names) == len(project.entries) else "the list"
        self.noticed.emit(Notice(f"Every frame of {which} has labels."))

    @action(
        "Next &most uncertain frame",
        "Frame/1",
        "Go to the unfinished frame of which the network was least sure; again for the next one.",
        icon="mdi6.chart-bell-curve",
        shortcuts=["Shift+U"],
    )
    def next_most_uncertain(self) -> None:
        """Open the least sure of the listed frames that are not done.

        Those that this has shown before come again only when it has shown all.
        """
        project, here = self._labelling.project, self._labelling.wanted
        if project is None:
            return
        records = {name: project.record(name) for name in self._names()}
        doubts = {
            name: record.uncertainty
            for name, record in records.items()
            if record.uncertainty is not None and record.status != Status.DONE and name != here
        }
        if not doubts:
            text = "No other frame of the list is unfinished and has been predicted."
            self.noticed.emit(Notice(text))
            return
        if self._walked.issuperset(doubts):
            self._walked.clear()
        name = max(doubts.keys() - self._walked, key=lambda name: (doubts[name], name))
        self._walked |= {name, here}
        self._labelling.open_frame(name)

    def _go(self, step: int) -> None:
        names, here = self._names(), self._labelling.wanted
        if here in names:
            place = names.index(here) + step
            if 0 <= place < len(names):
                self._labelling.open_frame(names[place])
        elif names:
            self._labelling.open_frame(names[0])

    def _names(self) -> list[str]:
        return self._order() if self._labelling.project else []
