"""How the document is shown: zoom, overlay, theme."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from segstudio.gui import theme
from segstudio.gui.actions import action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.settings import Settings

_ZOOM_STEP = 1.5
_OPACITY_STEP = 0.05


class Viewing(QObject):
    """The View menu. Nothing here changes a label."""

    opacity_changed = Signal(float)
    """Strength of the overlay, 0 to 1."""

    contours_changed = Signal(bool)

    def __init__(self, canvas: Canvas, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._settings = settings
        canvas.opacity_step.connect(
            lambda step: self.set_opacity(self.opacity + step * _OPACITY_STEP)
        )
        self.set_opacity(settings.opacity)

    @property
    def opacity(self) -> float:
        return self._canvas.opacity

    def set_opacity(self, opacity: float) -> None:
        """Make the overlay stronger or weaker."""
        self._canvas.set_opacity(opacity)
        self._settings.opacity = self._canvas.opacity
        self.opacity_changed.emit(self._canvas.opacity)

    @action(
        "&Fit picture",
        "View/1",
        "Show the whole picture.",
        icon="mdi6.fit-to-page-outline",
        shortcuts=["F", "Ctrl+0"],
    )
    def fit(self) -> None:
        """The whole picture in the middle of the canvas."""
        self._canvas.fit()

    @action(
        "&Actual size",
        "View/1",
        "One picture pixel is one pixel of the screen.",
        icon="mdi6.numeric-1-box-outline",
        shortcuts=["Ctrl+1"],
    )
    def actual_size(self) -> None:
        """Zoom to 100 %."""
        self._canvas.zoom_to(1.0)

    @action(
        "Zoom &in",
        "View/1",
        "Enlarge about the middle; the wheel enlarges about the pointer.",
        icon="mdi6.magnify-plus-outline",
        shortcuts=["Ctrl++", "Ctrl+="],
    )
    def zoom_in(self) -> None:
        """Enlarge."""
        self._canvas.zoom_by(_ZOOM_STEP)

    @action(
        "Zoom &out",
        "View/1",
        "Make smaller about the middle.",
        icon="mdi6.magnify-minus-outline",
        shortcuts=["Ctrl+-"],
    )
    def zoom_out(self) -> None:
        """Make smaller."""
        self._canvas.zoom_by(1 / _ZOOM_STEP)

    @action(
        "Show &labels",
        "View/2",
        "Show or hide the classes over the picture. Holding Tab hides them for that long.",
        icon="mdi6.layers-outline",
        shortcuts=["H"],
        checkable=True,
        checked=True,
    )
    def show_labels(self, shown: bool) -> None:
        """Show or hide the overlay."""
        self._canvas.set_overlay_shown(shown)

    @action(
        "&Contours only",
        "View/2",
        "Outline the classes instead of filling them.",
        icon="mdi6.vector-polyline",
        shortcuts=["O"],
        checkable=True,
    )
    def contours_only(self, contours: bool) -> None:
        """Outlines instead of areas."""
        self._canvas.set_contours(contours)
        self.contours_changed.emit(contours)

    @action(
        "Stronger overlay",
        "View/2",
        "Hide more of the picture. Alt+wheel does the same.",
        shortcuts=["Shift+Up"],
    )
    def stronger_overlay(self) -> None:
        """A step more opacity."""
        self.set_opacity(self.opacity + _OPACITY_STEP)

    @action(
        "Weaker overlay",
        "View/2",
        "Show more of the picture. Alt+wheel does the same.",
        shortcuts=["Shift+Down"],
    )
    def weaker_overlay(self) -> None:
        """A step less opacity."""
        self.set_opacity(self.opacity - _OPACITY_STEP)

    @action(
        "Dark theme",
        "View/4",
        "Dark greys: the picture is the brightest thing.",
        icon="mdi6.weather-night",
        shortcuts=["Ctrl+F8"],
    )
    def dark_theme(self) -> None:
        """Dress the window dark."""
        self._set_theme("dark")

    @action(
        "Light theme",
        "View/4",
        "Light greys.",
        icon="mdi6.weather-sunny",
        shortcuts=["Ctrl+F9"],
    )
    def light_theme(self) -> None:
        """Dress the window light."""
        self._set_theme("light")

    @action(
        "Follow the system's theme",
        "View/4",
        "Dark or light, as the desktop is.",
        icon="mdi6.theme-light-dark",
        shortcuts=["Ctrl+F10"],
    )
    def system_theme(self) -> None:
        """Dress the window as the desktop is dressed."""
        self._set_theme("system")

    def _set_theme(self, mode: theme.Mode) -> None:
        self._settings.theme_mode = mode
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, mode)
