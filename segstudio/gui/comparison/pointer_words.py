"""Class and probability of one place in both halves, whichever of them the pointer is in."""

from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.linking import same_pixel
from segstudio.gui.canvas.view import View
from segstudio.gui.comparison.exhibits import Exhibit, Pixel
from segstudio.gui.labelling import Labelling
from segstudio.gui.panels.halves import Halves
from segstudio.gui.under_pointer import describe


class PointerWords:
    """Fills the captions of both halves."""

    def __init__(self, canvas: Canvas, halves: Halves, labelling: Labelling) -> None:
        self._canvas = canvas
        self._halves = halves
        self._labelling = labelling
        self._exhibit: Exhibit | None = None
        canvas.hovered.connect(self._canvas_hovered)
        halves.companion.hovered.connect(self._companion_hovered)

    def set_exhibit(self, exhibit: Exhibit | None) -> None:
        """The second half shows something else."""
        self._exhibit = exhibit
        self._tell(None, None)

    def _canvas_hovered(self, pixel: Pixel | None) -> None:
        self._tell(pixel, _across(pixel, self._canvas, self._halves.companion))

    def _companion_hovered(self, pixel: Pixel | None) -> None:
        self._tell(_across(pixel, self._halves.companion, self._canvas), pixel)

    def _tell(self, left: Pixel | None, right: Pixel | None) -> None:
        document, exhibit = self._labelling.document, self._exhibit
        here = there = ""
        if left is not None and document is not None and self._halves.companion.isVisible():
            here = describe(document, left, self._canvas.driver.likelihood)
        if right is not None and exhibit is not None:
            there = exhibit.told(right)
        self._halves.left_words.set_text(here)
        self._halves.right_words.set_text(there)


def _across(pixel: Pixel | None, here: View, there: View) -> Pixel | None:
    """The pixel of another view that is the same place."""
    if pixel is None or here.shape is None or there.shape is None:
        return None
    return same_pixel(pixel, here.shape, there.shape)
