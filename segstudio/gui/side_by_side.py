"""Shows something else beside the open frame, to compare the two. Changes no label."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.rect import Rect
from segstudio.gui.actions import Actions, action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.layers import LAYERS, Scene
from segstudio.gui.canvas.linking import Link
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.comparison.exhibits import Exhibit
from segstudio.gui.comparison.finding import Finding, Lack
from segstudio.gui.comparison.menu import Offer, fill
from segstudio.gui.comparison.pointer_words import PointerWords
from segstudio.gui.comparison.subject import Subject
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.panels.halves import Halves
from segstudio.gui.predicting import Predicting
from segstudio.gui.settings import Settings

_LAYERS = {layer.name: layer for layer in LAYERS}
_OPEN, _LINKED, _DIFFERENCES = "side_by_side", "halves_linked", "only_differences"


class SideBySide(QObject):
    """Wires the half beside the canvas to what it shows."""

    def __init__(
        self,
        canvas: Canvas,
        jobs: Jobs,
        labelling: Labelling,
        predicting: Predicting,
        settings: Settings,
        order: Callable[[], list[str]],
        parent: QObject,
    ) -> None:
        """``order`` names the frames in the order in which they are listed."""
        super().__init__(parent)
        self._canvas = canvas
        self._labelling = labelling
        self._predicting = predicting
        self._settings = settings
        self._order = order
        self.halves = Halves(canvas)
        self._companion = self.halves.companion
        self._link = Link(canvas, self._companion)
        self._words = PointerWords(canvas, self.halves, labelling)
        self.finding = Finding(jobs, labelling, predicting, settings, order, self)
        self._subject = Subject.of_text(settings.compared)
        self._exhibit: Exhibit | None = None
        self._title = ""
        self._layer = LAYERS[0]
        self._open = self._differing = False
        self._watched: Document | None = None
        self._actions: Actions | None = None
        self._connect()

    def _connect(self) -> None:
        canvas, companion, finding = self._canvas, self._companion, self.finding
        finding.choose = self.choose
        finding.found.connect(self._show)
        finding.waiting.connect(self._wait)
        finding.progressed.connect(self._entitle)
        finding.lacking.connect(self._miss)
        self.halves.menu.aboutToShow.connect(self._fill_menu)
        self._labelling.classes_changed.connect(self._take_classes)
        companion.look_like(canvas)
        canvas.look_changed.connect(lambda: companion.look_like(canvas))
        for name in ("size_step", "opacity_step", "class_step"):
            getattr(companion, name).connect(getattr(canvas, name))

    def add_actions(self, actions: Actions) -> None:
        """Take the switches as they were left, and those of others that this half follows."""
        self._actions = actions
        self.halves.set_buttons([actions[name] for name in (_DIFFERENCES, "link_halves")])
        self.halves.close_requested.connect(actions[_OPEN].trigger)
        self.finding.import_model = actions["show_import_dialog"].trigger
        actions["pixel_grid"].toggled.connect(self._show_grid)
        actions["fit"].triggered.connect(self._fit)
        self._link.set_on(True)
        actions["link_halves"].setChecked(self._settings.flag(_LINKED, True))
        actions[_DIFFERENCES].setChecked(self._settings.flag(_DIFFERENCES))
        actions[_OPEN].setChecked(self._settings.flag(_OPEN))

    # --- what is shown -------------------------------------------------------------------------

    @property
    def exhibit(self) -> Exhibit | None:
        """What the second half shows; None while there is nothing, or only a picture to wait."""
        return self._exhibit

    def show_frame(self, document: Document | None) -> None:
        """Another frame is on the canvas, or none."""
        if self._watched is not None:
            self._watched.pixels_changed.disconnect(self._pixels_changed)
        self._watched = document
        if document is not None:
            document.pixels_changed.connect(self._pixels_changed)
        self.refresh()

    def choose(self, subject: Subject) -> None:
        """Compare with something else from now on."""
        self._subject = subject
        self._settings.compared = subject.to_text()
        self.refresh()

    def refresh(self) -> None:
        """Look again for what is compared with."""
        if self._open:
            self.finding.find(self._subject)

    def reread(self, name: str) -> None:
        """Somebody else has changed the labels of a frame that is not open."""
        exhibit = self._exhibit
        if exhibit is not None and name == exhibit.frame != self._labelling.frame_name:
            self.refresh()

    def follow_layer(self, name: str) -> None:
        """The canvas shows another layer."""
        self._layer = _LAYERS[name]
        self._relayer()

    def update(self) -> None:
        """Paint the second half anew."""
        self._companion.update()

    def _show(self, exhibit: Exhibit) -> None:
        self._put(exhibit.pyramid, exhibit)
        self._entitle(exhibit.title)

    def _wait(self, title: str, pyramid: PicturePyramid | None) -> None:
        """What was shown before stays until there is something else, as on the canvas."""
        if pyramid is not None:
            self._put(pyramid, None)
        self.halves.show_view()
        self._entitle(title)

    def _miss(self, lack: Lack) -> None:
        self._put(None, None)
        self._entitle("Nothing to compare with")
        self.halves.show_empty(lack.sentence, lack.remedy, lack.act)

    def _put(self, pyramid: PicturePyramid | None, exhibit: Exhibit | None) -> None:
        self._exhibit = exhibit
        self._relayer()
        with self._link.held():
            self._companion.show_picture(pyramid, self._scene)
        self.halves.show_view()
        self._words.set_exhibit(exhibit)

    def _entitle(self, title: str) -> None:
        self._title = title
        different = "Only differences · " if self._compares else ""
        name, layer = self._labelling.frame_name, self._layer.label.lower()
        self.halves.set_titles(f"{name} · {layer}" if name else "", f"{different}{title}")

    # --- the labels over it --------------------------------------------------------------------

    def _scene(self) -> Scene | None:
        exhibit = self._exhibit
        if exhibit is None or exhibit.ids is None or exhibit.provenance is None:
            return None
        active = self._canvas.driver.active_class
        return Scene(exhibit.ids, exhibit.provenance, self._reference(), None, active)

    def _reference(self) -> Ids | None:
        """What the canvas shows, where it can be compared pixel by pixel; else None."""
        document, exhibit = self._labelling.document, self._exhibit
        if document is None or exhibit is None or exhibit.frame != document.frame.name:
            return None
        of_model = self._canvas.driver.model_ids if self._layer.of_model else None
        return document.label_map.ids if of_model is None else of_model

    @property
    def _compares(self) -> bool:
        """Whether only that is shown in which the halves differ."""
        exhibit = self._exhibit
        return self._differing and exhibit is not None and exhibit.of_model

    def _relayer(self) -> None:
        """The canvas's layer where it means something here, too."""
        exhibit, name = self._exhibit, self._layer.name
        of_labels = exhibit is not None and not exhibit.of_model
        follows = name == "class_in_hand" or (name == "mine" and of_labels)
        layer = self._layer if follows else LAYERS[0]
        self._companion.set_layer(_LAYERS["difference"] if self._compares else layer)
        self._entitle(self._title)
        if self._actions is not None:
            self._actions[_DIFFERENCES].setEnabled(exhibit is not None and exhibit.of_model)

    def _take_classes(self, classes: ClassTable) -> None:
        self._companion.set_colours(classes.palette())

    def _pixels_changed(self, rect: Rect) -> None:
        exhibit, document = self._exhibit, self._labelling.document
        if exhibit is None or document is None or not self._open:
            return
        if self._compares or exhibit.ids is document.label_map.ids:
            self._companion.update_pixels(rect)

    def _fit(self) -> None:
        """Where the halves are linked, the second has followed the canvas."""
        if not self._link.on:
            self._companion.fit()

    def _show_grid(self, shown: bool) -> None:
        self._companion.grid.shown = shown
        self.update()

    # --- actions -------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        chosen = self._predicting.choices.get(self._predicting.chosen)
        offer = Offer(
            self._order(),
            self._labelling.frame_name,
            chosen.label if chosen is not None else "",
            self.finding.others(),
        )
        fill(self.halves.menu, offer, self._subject, self.choose)
        if self._actions is not None:
            self.halves.menu.addSeparator()
            self.halves.menu.addAction(self._actions["keep_beside"])

    @action(
        "Side &by side",
        "View/3c",
        "Compare with another frame, or with what a model says of this one.",
        icon="mdi6.compare",
        shortcuts=["F3"],
        checkable=True,
    )
    def side_by_side(self, shown: bool) -> None:
        """Show two halves, or the canvas alone."""
        self._open = shown
        self._settings.keep_flag(_OPEN, shown)
        self.halves.set_open(shown)
        self._link.set_joined(shown)
        if shown:
            self.refresh()
        else:
            self.finding.forget()
            self._put(None, None)

    @action(
        "&Link both halves",
        "View/3c",
        "Zoom and move both halves together; frames of other sizes meet at relative places.",
        icon="mdi6.link-variant",
        shortcuts=["Shift+F3"],
        checkable=True,
        checked=True,
    )
    def link_halves(self, linked: bool) -> None:
        """Let the halves move together, or each by itself."""
        self._settings.keep_flag(_LINKED, linked)
        self._link.set_on(linked)

    @action(
        "Only where the halves &differ",
        "View/3c",
        "Show of the other prediction only what the canvas shows otherwise.",
        icon="mdi6.vector-difference",
        shortcuts=["Ctrl+F3"],
        checkable=True,
    )
    def only_differences(self, only: bool) -> None:
        """The disagreement alone, or all of it."""
        self._settings.keep_flag(_DIFFERENCES, only)
        self._differing = only
        self._relayer()

    @action(
        "&Keep this frame beside",
        "View/3c",
        "Compare the frames that you open from now on with this one.",
        icon="mdi6.pin-outline",
        shortcuts=["Ctrl+Shift+F3"],
    )
    def keep_beside(self) -> None:
        """Hold the open frame in the second half."""
        if self._actions is not None and self._labelling.frame_name:
            self.choose(Subject("frame", self._labelling.frame_name))
            self._actions[_OPEN].setChecked(True)
