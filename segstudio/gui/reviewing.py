"""Goes through the regions where a model would label otherwise, and takes the human's answers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core.differences import Difference, Differences, decide
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect
from segstudio.gui.actions import action
from segstudio.gui.by_hand import change_by_hand
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.looking import look_at
from segstudio.gui.canvas.region_veil import RegionVeil
from segstudio.gui.differing import Differing
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, read_only
from segstudio.gui.panels.review import ReviewPanel
from segstudio.gui.review_state import Order, ReviewState, Stage

_MODEL_STEPS = ("CRF", "CRF off", "Predict")


class Reviewing(QObject):
    """Shows one difference after the other, and makes an edit of each answer.

    Both answers count as the human's: what was accepted or rejected no model changes any more.
    """

    changed = Signal(object)
    """A new ``ReviewState``."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self,
        canvas: Canvas,
        differing: Differing,
        labelling: Labelling,
        bring_forward: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        """``bring_forward`` puts the panel on the screen."""
        super().__init__(parent)
        self._canvas = canvas
        self._differing = differing
        self._labelling = labelling
        self._bring_forward = bring_forward
        self.state = ReviewState()
        self._found: Differences | None = None
        self._answered = False
        self._wish = 0
        self._order = Order.LARGEST
        self._outline = RegionVeil(dims=False)
        canvas.veils.append(self._outline.paint)
        differing.restarted.connect(self._restart)
        differing.began.connect(self._begin)
        differing.found.connect(self._take_found)
        labelling.classes_changed.connect(lambda classes: self._set(classes=classes))

    def show_in(self, panel: ReviewPanel) -> None:
        """Let a panel show the differences and ask for answers."""
        self.changed.connect(panel.show_state)
        panel.order_chosen.connect(self._sort)
        panel.least_chosen.connect(self._differing.set_least)
        panel.region_chosen.connect(self._look_at)
        panel.accept_clicked.connect(self.accept_difference)
        panel.reject_clicked.connect(self.reject_difference)
        panel.accept_all_clicked.connect(self.accept_all_differences)
        panel.reject_all_clicked.connect(self.reject_all_differences)
        panel.take_back_clicked.connect(self._take_prediction_back)
        panel.again_clicked.connect(self._differing.ask_again)

    # --- what is compared ----------------------------------------------------------------------

    def _restart(self) -> None:
        """There is another prediction, or none."""
        self._found = None
        self._answered = False
        self._wish = 0
        self._show((), None)

    def _begin(self) -> None:
        if not self.state.regions:
            self._set(stage=Stage.SEARCHING)

    def _take_found(self, found: Differences) -> None:
        self._found = found
        regions = self._order.sorted(found.regions)
        self._show(regions, _place_of(self.state.region, regions))
        wish, self._wish = self._wish, 0
        if wish:
            self._step(wish)

    def set_active(self, active: bool) -> None:
        """Whether the panel is in sight: comparing costs time, and is done for it alone."""
        self._differing.set_active(active)
        self._outline_region()

    def _sort(self, order: Order) -> None:
        self._order = order
        regions, region = order.sorted(self.state.regions), self.state.region
        self._show(regions, _place_of(region, regions))

    # --- going through them --------------------------------------------------------------------

    @action(
        "Next &difference",
        "Model/3",
        "Go to the next region where the prediction differs from the labels.",
        icon="mdi6.skip-next-circle-outline",
        shortcuts=["N"],
    )
    def next_difference(self) -> None:
        """Look at the region after this one."""
        self._go(1)

    @action(
        "Previous d&ifference",
        "Model/3",
        "Go to the region before this one.",
        icon="mdi6.skip-previous-circle-outline",
        shortcuts=["Shift+N"],
    )
    def previous_difference(self) -> None:
        """Look at the region before this one."""
        self._go(-1)

    def _go(self, step: int) -> None:
        if not self._differing.possible:
            self.noticed.emit(Notice(Stage.UNPREDICTED.value))
        elif not self._differing.active:
            self._wish = step
            self._bring_forward()
        elif self.state.stage is Stage.SEARCHING:
            self._wish = step
        else:
            self._step(step)

    def _step(self, step: int) -> None:
        count, current = len(self.state.regions), self.state.current
        if not count:
            self.noticed.emit(Notice(self.state.stage.value))
        elif current is None:
            self._look_at(0 if step > 0 else count - 1)
        else:
            self._look_at((current + step) % count)

    def _look_at(self, place: int) -> None:
        self._show(self.state.regions, place)
        document = self._labelling.document
        if document is not None:
            look_at(self._canvas, self.state.regions[place].rect, document.frame.shape)

    # --- answers -------------------------------------------------------------------------------

    @action(
        "&Accept the model's change",
        "Model/3",
        "Take the model's class in this region; it counts as yours from now on.",
        icon="mdi6.check",
        shortcuts=["Ctrl+Return"],
    )
    def accept_difference(self) -> None:
        """The model is right about the region that is looked at."""
        self._answer_one(accept=True)

    @action(
        "&Reject the model's change",
        "Model/3",
        "Keep the labels of this region, and keep models from changing them.",
        icon="mdi6.close",
        shortcuts=["Ctrl+Backspace"],
    )
    def reject_difference(self) -> None:
        """The labels are right in the region that is looked at."""
        self._answer_one(accept=False)

    @action(
        "Accept all differences",
        "Model/3",
        "Take the model's classes in all regions that the Review panel lists.",
        icon="mdi6.check-all",
        shortcuts=["Ctrl+Shift+Return"],
    )
    def accept_all_differences(self) -> None:
        """The model is right everywhere."""
        self._answer_all(accept=True)

    @action(
        "Reject all differences",
        "Model/3",
        "Keep the labels of all regions that the Review panel lists.",
        icon="mdi6.close-box-multiple-outline",
        shortcuts=["Ctrl+Shift+Backspace"],
    )
    def reject_all_differences(self) -> None:
        """The labels are right everywhere."""
        self._answer_all(accept=False)

    def _answer_one(self, *, accept: bool) -> None:
        region = self.state.region
        if region is None or self._found is None:
            self._go(1)  # nothing is answered that was not looked at
            return
        mask = self._found.mask(region)
        if self._answer(region.rect, mask, accept, "change"):
            regions, place = self.state.regions, self.state.regions.index(region)
            left = (*regions[:place], *regions[place + 1 :])
            self._show(left, place % len(left) if left else None)
            if left:
                self._look_at(place % len(left))

    def _answer_all(self, *, accept: bool) -> None:
        regions = self.state.regions
        if not regions or self._found is None:
            self._go(1)
            return
        rect = Rect(0, 0, 0, 0)
        for region in regions:
            rect = rect.union(region.rect)
        mask = self._found.mask_of_all(regions)[rect.slices]
        if self._answer(rect, mask, accept, f"{len(regions):,} changes"):
            self._show((), None)

    def _answer(self, rect: Rect, mask: Mask, accept: bool, what: str) -> bool:
        """One step of undo; says whether the question is settled."""
        document, project = self._labelling.document, self._labelling.project
        now, found = self._differing.now, self._found
        if document is None or project is None or now is None or found is None:
            return False
        if project.read_only:
            self.noticed.emit(read_only(project))
            return False
        if document.in_transaction:
            return False
        edit = decide(now, found.codes, rect, mask, accept=accept)
        changed = change_by_hand(
            self._labelling, f"{'Accept' if accept else 'Reject'} {what}", edit
        )
        if accept and not changed:
            return False  # rules or locks have kept the pixels, which was told
        self._differing.settle(rect, mask)
        self._answered = True
        return True

    def _take_prediction_back(self) -> None:
        """Undo what models composed last: all of it becomes a question."""
        document = self._labelling.document
        if document is None or document.in_transaction:
            return
        while document.history.undo_name in _MODEL_STEPS:
            step = document.undo()
            if step is not None and step.name == "Predict":
                break
        self._wish = 1

    # --- showing -------------------------------------------------------------------------------

    def _show(self, regions: tuple[Difference, ...], current: int | None) -> None:
        stage = Stage.LISTED if regions else self._without_regions()
        self._set(stage=stage, regions=regions, current=current)
        self._outline_region()

    def _without_regions(self) -> Stage:
        if not self._differing.possible:
            return Stage.UNPREDICTED
        if self._answered or not self._can_take_back():
            return Stage.REVIEWED
        return Stage.AGREED

    def _can_take_back(self) -> bool:
        document = self._labelling.document
        return document is not None and document.history.undo_name in _MODEL_STEPS

    def _outline_region(self) -> None:
        region = self.state.region
        self._outline.region = None
        if region is not None and self._found is not None and self._differing.active:
            self._outline.region = np.pad(self._found.mask(region), 1)
            self._outline.corner = (region.rect.top - 1, region.rect.left - 1)
        self._canvas.update()

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _place_of(region: Difference | None, regions: tuple[Difference, ...]) -> int | None:
    """Where a region of an earlier list stands in a later one, as long as it is the same."""
    if region is None:
        return None
    wanted = (region.first, region.area, region.code)
    places = (
        i for i, other in enumerate(regions) if (other.first, other.area, other.code) == wanted
    )
    return next(places, None)
