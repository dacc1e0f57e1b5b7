"""What is seen: the overlay's layer, lines over the picture, the overview, the picture's look."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup

from segstudio.core.label_map import Ids
from segstudio.gui.actions import Actions, ActionSpec, action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.caption import Caption
from segstudio.gui.canvas.guides import Crosshair, PixelGrid
from segstudio.gui.canvas.layers import LAYERS, LabelLayer
from segstudio.gui.canvas.minimap import Minimap
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.panels.display import DisplayPanel
from segstudio.gui.panels.picture import PicturePanel
from segstudio.gui.predicting import Prediction
from segstudio.inference.uncertainty import uncertainty_plane

_LANE = "seeing"
_FIRST_KEY = 4
"""F4 and those that follow choose layers: F2 renames in lists, F1 is for help."""


class Seeing(QObject):
    """Chooses what lies over the picture and how the picture looks. Changes no label."""

    layer_changed = Signal(str)
    """Name of the layer that the overlay shows."""

    noticed = Signal(object)

    def __init__(self, canvas: Canvas, jobs: Jobs, labelling: Labelling, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._jobs = jobs
        self._layer = LAYERS[0]
        self._prediction: Prediction | None = None
        self._uncertainty: Ids | None = None
        self._how_to_predict = ""
        self._group = QActionGroup(self)
        self._layer_actions: dict[str, QAction] = {}
        self._grid, self._crosshair = PixelGrid(), Crosshair(canvas)
        self._caption, self.minimap = Caption(canvas), Minimap(canvas)
        canvas.veils += [self._grid.paint, self._crosshair.paint]
        canvas.picture_changed.connect(self._take_shape)
        labelling.frame_opened.connect(lambda _document: self._take(None))

    @property
    def layer(self) -> LabelLayer:
        """What the overlay shows."""
        return self._layer

    def show_in(self, display: DisplayPanel, picture: PicturePanel) -> None:
        """Let panels choose the layer and adjust the picture."""
        display.layer_chosen.connect(self._choose)
        self.layer_changed.connect(display.set_layer)
        picture.changed.connect(self._canvas.set_adjustments)

    def add_actions(self, actions: Actions) -> None:
        """One checkable action per layer, ``layer_`` and its name."""
        for number, layer in enumerate(LAYERS, _FIRST_KEY):
            spec = ActionSpec(
                f"layer_{layer.name}",
                f"Overlay: {layer.label.lower()}",
                "View/3",
                layer.tooltip,
                shortcuts=(f"F{number}",),
                checkable=True,
                checked=layer is self._layer,
            )
            made = actions.add(spec, partial(self._toggled, layer))
            self._group.addAction(made)
            self._layer_actions[layer.name] = made

    def set_predict_shortcut(self, keys: str) -> None:
        """Which keys the canvas names where a layer waits for a prediction."""
        self._how_to_predict = f"Press {keys} to predict." if keys else "Predict first."
        self._caption.set_text(self._words())

    def take_prediction(self, prediction: Prediction) -> None:
        """A model has spoken on the open frame."""
        self._take(prediction)
        self._canvas.update()

    def _take(self, prediction: Prediction | None) -> None:
        self._prediction, self._uncertainty = prediction, None
        self._canvas.set_uncertainty(None)
        self._prepare()

    def _choose(self, name: str) -> None:
        self._layer_actions[name].setChecked(True)
        self._canvas.setFocus()  # the next digit picks a class again

    def _toggled(self, layer: LabelLayer, checked: bool) -> None:
        if checked:
            self._layer = layer
            self._canvas.set_layer(layer)
            self._prepare()
            self.layer_changed.emit(layer.name)

    def _prepare(self) -> None:
        """Measure what the layer needs; say what is missing."""
        prediction = self._prediction
        waits = self._layer.name == "uncertainty" and self._uncertainty is None
        if prediction is not None and waits:
            values = prediction.probabilities.values
            self._jobs.submit(
                _LANE,
                lambda: uncertainty_plane(values),
                on_done=lambda plane: self._measured(prediction, plane),
                on_failed=lambda error: self.noticed.emit(failure(error, "Measuring uncertainty")),
                key="uncertainty",
            )
        self._caption.set_text(self._words(waits))

    def _measured(self, prediction: Prediction, plane: Ids) -> None:
        if prediction is self._prediction:
            self._uncertainty = plane
            self._canvas.set_uncertainty(plane)
            self._caption.set_text(self._words())

    def _words(self, waits: bool = False) -> str:
        """What the canvas says of the layer; nothing of the ordinary one."""
        if self._layer is LAYERS[0]:
            return ""
        if self._layer.of_model and self._prediction is None:
            return f"{self._layer.label}: nothing yet. {self._how_to_predict}"
        return f"{self._layer.label}…" if waits else self._layer.label

    def _take_shape(self) -> None:
        document = self._canvas.document
        self._grid.shape = document.frame.shape if document is not None else None

    # --- actions -------------------------------------------------------------------------------

    @action(
        "Pixel &grid",
        "View/3b",
        "Lines between the pixels of the picture, above 800 %.",
        icon="mdi6.grid",
        shortcuts=["Shift+F4"],
        checkable=True,
        checked=True,
    )
    def pixel_grid(self, shown: bool) -> None:
        """Show or hide the grid."""
        self._grid.shown = shown
        self._canvas.update()

    @action(
        "C&rosshair",
        "View/3b",
        "Lines through the pointer, to compare places far from each other.",
        icon="mdi6.crosshairs",
        shortcuts=["Shift+F5"],
        checkable=True,
    )
    def crosshair(self, shown: bool) -> None:
        """Show or hide the lines."""
        self._crosshair.set_shown(shown)

    @action(
        "&Overview",
        "View/3b",
        "The whole picture small in a corner, while only a part of it is in sight.",
        icon="mdi6.map-outline",
        shortcuts=["Shift+F6"],
        checkable=True,
        checked=True,
    )
    def overview(self, shown: bool) -> None:
        """Show or hide the minimap."""
        self.minimap.set_wanted(shown)
