"""The widget that shows a document and lets tools change it."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.pointer import Key, PointerEvent
from segstudio.core.rect import Rect
from segstudio.gui.canvas import outlines
from segstudio.gui.canvas.layers import Scene
from segstudio.gui.canvas.pointing import Touch
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.canvas.roaming import RoamingView
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.gui.hand_keys import Meaning
from segstudio.tools.parts.shapes import Shape

_KEYS: dict[Meaning | None, Key] = {"finish": Key.ENTER, "take_point_back": Key.BACKSPACE}


class Canvas(RoamingView):
    """Shows a picture with its label map; zooms, pans, and hands the pointer to the tool."""

    class_picked = Signal(int)
    """The right button picked the class under the pointer."""

    refused = Signal(str)
    """The pointer asked for something that cannot be done now, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.driver = ToolDriver()
        self._refusals: dict[str, str] = {}
        self._document: Document | None = None
        self._uncertainty: Ids | None = None
        self._origin = QPointF()
        self._pointer: PointerEvent | None = None
        self._shown: tuple[Shape, ...] = ()
        self._drawn = Rect(0, 0, 0, 0)

    # --- what is shown -------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        return self._document

    def set_document(
        self, document: Document | None, pyramid: PicturePyramid | None = None
    ) -> None:
        """Show another document; the view stays where it is between frames of one size.

        Parameters
        ----------
        document
            What tools change; None where there is nothing to be changed.
        pyramid
            Its picture at all sizes, made beforehand; alone it is shown while the rest is read.
        """
        self.driver.cancel()
        before, self._document = self._document, document
        if before is not None:
            before.pixels_changed.disconnect(self.update_pixels)
            before.classes_changed.disconnect(self._refresh_palette)
        self.driver.document = document
        self.driver.model_ids = self.driver.likelihood = self._uncertainty = None
        if document is not None:
            document.pixels_changed.connect(self.update_pixels)
            document.classes_changed.connect(self._refresh_palette)
            pyramid = pyramid or PicturePyramid(document.frame.display)
        self._refresh_palette()
        self._show_picture(pyramid)

    def freeze(self) -> None:
        """Finish the gesture under way, and show the picture without letting it be changed.

        For the moment until the next picture has been read.
        """
        self.driver.finish()
        self.driver.document = None

    def refuse(self, source: str, reason: str) -> None:
        """Keep tools from painting while this source has a reason; an empty one lets them."""
        self._refusals[source] = reason
        self.update()

    @property
    def refusal(self) -> str:
        """Why tools cannot paint now; empty when they can."""
        return next((reason for reason in self._refusals.values() if reason), "")

    def set_uncertainty(self, plane: Ids | None) -> None:
        """HxW uint8: where the model wavers, for the layer of this name; None where unknown."""
        self._uncertainty = plane
        self.update()

    # --- painting ------------------------------------------------------------------------------

    def _scene(self) -> Scene | None:
        if self._document is None:
            return None
        driver, labels = self.driver, self._document.label_map
        return Scene(
            labels.ids, labels.provenance, driver.model_ids, self._uncertainty, driver.active_class
        )

    def _paint_over(self, painter: QPainter) -> None:
        outlines.paint(painter, self._shapes(), self._viewport)

    def _shapes(self) -> tuple[Shape, ...]:
        """What the tool draws over the picture now."""
        moving = self._pan_from is not None or self._space_held
        if self._pointer is None or self.refusal or (moving and not self.driver.busy):
            return ()
        return self.driver.shapes(self._pointer)

    def _update_cursor(self) -> None:
        """Repaint what the tool draws where it was, and where it is now."""
        shown_before, self._shown = self._shown, self._shapes()
        before, self._drawn = self._drawn, outlines.bounds(self._shown, self._viewport)
        if self._shown == shown_before:
            return  # a stroke's end must not repaint all that a wide brush surrounds
        for area in (before, self._drawn):
            if not area.empty:
                self.update_device(area)

    def _refresh_palette(self) -> None:
        if self._document is not None:
            self._overlay.set_colours(self._document.classes.palette())
        self.update()

    # --- events --------------------------------------------------------------------------------

    def _take_room(self) -> None:
        if self.driver.busy:
            self._stay_under_pointer()
        else:
            super()._take_room()

    def _stay_under_pointer(self) -> None:
        """A message that comes or goes above the canvas must not shift a stroke under way."""
        fitted, origin = self._fitted, self.mapToGlobal(QPointF())
        moved = (origin - self._origin) * self.devicePixelRatioF()
        self._origin = origin
        self.set_viewport(self._viewport.panned(-moved.y(), -moved.x()))
        self._fitted = fitted

    def leaveEvent(self, event: QEvent) -> None:
        if not self.driver.ongoing:  # else what has been drawn so far stays to be seen
            self._pointer = None
        self._update_cursor()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        meaning = self.keys.drawing(event)
        if meaning == "give_up" and self.driver.cancel():
            self._update_cursor()
        elif meaning not in _KEYS or not self.hand_key(_KEYS[meaning]):
            super().keyPressEvent(event)

    def hand_key(self, key: Key) -> bool:
        """Hand a key to a gesture of several clicks; says whether there was one."""
        taken = self.driver.key(key)
        if taken:
            self._update_cursor()
        return taken

    def _press(self, touch: Touch, button: Qt.MouseButton) -> None:
        if self._document is not None:
            super()._press(touch, button)

    def _pressed(self, touch: Touch, button: Qt.MouseButton) -> None:
        if button == Qt.MouseButton.RightButton:
            self._pick(touch)
        elif button == Qt.MouseButton.LeftButton:
            if self.refusal:
                self.refused.emit(self.refusal)
                return
            self._origin = self.mapToGlobal(QPointF())
            self._pointer = self._pointer_event(touch)
            self.driver.press(self._pointer)
            self._update_cursor()

    def _move(self, touch: Touch) -> None:
        super()._move(touch)
        if self._pointer is not None:
            self.driver.drag(self._pointer)
            self._update_cursor()

    def _released(self, touch: Touch, button: Qt.MouseButton) -> None:
        if button == Qt.MouseButton.LeftButton:
            self.driver.release(self._pointer_event(touch))
            self._update_cursor()

    def _hand_changed(self) -> None:
        self._update_cursor()

    def _move_pointer(self, touch: Touch) -> None:
        self._pointer = self._pointer_event(touch)
        self._update_cursor()
        super()._move_pointer(touch)

    def _pinch_begins(self) -> None:
        if not self.driver.ongoing and self.driver.cancel():
            self._update_cursor()

    def _pick(self, touch: Touch) -> None:
        pixel = self._pixel(self._pointer_event(touch))
        if pixel is not None and self._document is not None:
            found = int(self._document.label_map.ids[pixel])
            if found in self._document.classes:
                self.class_picked.emit(found)

    def _pixel(self, event: PointerEvent) -> tuple[int, int] | None:
        # While the picture alone is seen, there is nothing to tell of it.
        return None if self._document is None else super()._pixel(event)
