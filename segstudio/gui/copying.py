"""Copies labels from frame to frame: neighbours in a film or a stack look much alike."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.carrying import carried
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, LabelMap
from segstudio.gui.actions import action
from segstudio.gui.by_hand import change_by_hand
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure, read_only
from segstudio.gui.saving import LANE
from segstudio.project import Project

_TRY_AGAIN_MS = 30


class Copying(QObject):
    """Takes over the labels of the frame that is listed before the open one."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self,
        jobs: Jobs,
        labelling: Labelling,
        order: Callable[[], list[str]],
        parent: QObject | None = None,
    ) -> None:
        """``order`` names the frames as they are listed."""
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._order = order

    @action(
        "Copy the previous frame's labels into &void",
        "Frame/3",
        "Take the labels of the frame before this one, where this one has none yet.",
        icon="mdi6.content-duplicate",
        shortcuts=["Ctrl+D"],
    )
    def copy_previous(self) -> None:
        """Fill what nobody has decided here."""
        self._copy(over_all=False)

    @action(
        "Copy the previous frame's labels over &everything",
        "Frame/3",
        "Take the labels of the frame before this one; they replace those that are here.",
        icon="mdi6.content-copy",
        shortcuts=["Ctrl+Shift+D"],
    )
    def copy_previous_over_all(self) -> None:
        """Replace what is labelled here."""
        self._copy(over_all=True)

    def _copy(self, *, over_all: bool) -> None:
        project, document = self._labelling.project, self._labelling.document
        if project is None or document is None:
            return
        if project.read_only:
            self.noticed.emit(read_only(project))
            return
        name = self._previous()
        if not name:
            text = "No frame is listed before this one, so there is nothing to copy from."
            self.noticed.emit(Notice(text, "warning"))
            return
        held = self._labelling.held(name)
        self._jobs.submit(
            LANE,  # behind the save of the frame that was just left
            lambda: _read(project, name, document.frame.shape, held),
            on_done=lambda labels: self._take(document, name, labels, over_all),
            on_failed=lambda error: self.noticed.emit(failure(error, f"Copying from {name}")),
            key="copy",
        )

    def _previous(self) -> str:
        names, here = self._order(), self._labelling.frame_name
        place = names.index(here) if here in names else 0
        return names[place - 1] if place else ""

    def _take(self, document: Document, name: str, labels: LabelMap, over_all: bool) -> None:
        if document is not self._labelling.document:
            return
        if document.in_transaction:
            again = partial(self._take, document, name, labels, over_all)
            QTimer.singleShot(_TRY_AGAIN_MS, self, again)
            return
        edit = carried(labels, document.label_map, over_all=over_all)
        if change_by_hand(self._labelling, f"Copy from {name}", edit):
            self.noticed.emit(Notice(f"The labels of {name} were copied."))
        elif not edit.mask.any():
            text = f"This frame is labelled wherever {name} is, so nothing was copied."
            over = self.copy_previous_over_all
            self.noticed.emit(Notice(text, "info", "Copy over everything", over))


def _read(project: Project, name: str, shape: tuple[int, int], held: LabelMap | None) -> LabelMap:
    """Another frame's labels; raises SegStudioError where there are none that fit this shape."""
    other = held.shape if held is not None else project.frame_shape(name)
    if other != shape:
        here = f"{shape[1]} x {shape[0]}"
        raise SegStudioError(
            name,
            f"has {other[1]} x {other[0]} pixels and this frame {here}",
            "Labels are copied between frames of one size only.",
        )
    labels = held if held is not None else project.load_labels(name, shape)
    if (labels.ids == VOID).all():
        raise SegStudioError(name, "has no labels to copy", "Label it first.")
    return labels
