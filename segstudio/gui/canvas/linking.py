"""Two views of pictures that belong together: one place, one zoom, and each other's pointer."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from segstudio.gui.canvas.ghost import Ghost
from segstudio.gui.canvas.roaming import RoamingView
from segstudio.gui.canvas.viewport import LARGEST_SCALE, SMALLEST_SCALE, Viewport

Shape = tuple[int, int]
Pixel = tuple[int, int]


class Link:
    """Whoever moves one view moves the other; pictures of unlike size meet at relative places."""

    def __init__(self, first: RoamingView, second: RoamingView) -> None:
        self._first, self._second = first, second
        self._on = self._joined = self._held = False
        self._put: dict[RoamingView, Viewport] = {}
        for lead, follower in ((first, second), (second, first)):
            lead.view_changed.connect(partial(self._moved, lead, follower))
            lead.resized.connect(self.align)
            lead.hovered.connect(partial(self._hovered, lead, follower, Ghost(follower)))

    @property
    def on(self) -> bool:
        """Whether the views move together."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Let the views move together, or not; the second comes to where the first is."""
        self._on = on
        self.align()

    def set_joined(self, joined: bool) -> None:
        """Whether there are two views to be seen at all."""
        self._joined = joined
        self.align()

    @contextmanager
    def held(self) -> Iterator[None]:
        """For exchanging the second's picture: no view moves the other; then the second comes."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self.align()

    def align(self) -> None:
        """Bring the second view to where the first is."""
        if self._works:
            self._lead(self._first, self._second)

    @property
    def _works(self) -> bool:
        shown = self._first.shape is not None and self._second.shape is not None
        return self._on and self._joined and shown and not self._held

    def _moved(self, lead: RoamingView, follower: RoamingView) -> None:
        # Where a view is as it was put here, no hand has moved it.
        if self._works and self._put.get(lead) != lead.viewport:
            self._lead(lead, follower)

    def _lead(self, lead: RoamingView, follower: RoamingView) -> None:
        assert lead.shape is not None and follower.shape is not None
        found = same_place(
            lead.viewport, lead.shape, lead.device_size(), follower.shape, follower.device_size()
        )
        self._put = {
            lead: lead.viewport,
            follower: found.kept_visible(follower.shape, follower.device_size()),
        }
        follower.set_viewport(found)

    def _hovered(
        self, lead: RoamingView, follower: RoamingView, ghost: Ghost, pixel: Pixel | None
    ) -> None:
        place = None
        if self._joined and pixel is not None and lead.shape and follower.shape:
            place = same_position(pixel, lead.shape, follower.shape)
        ghost.move(place)


def same_position(pixel: Pixel, shape: Shape, other: Shape) -> tuple[float, float]:
    """The place in another picture that lies as the middle of a pixel lies in this one."""
    return (pixel[0] + 0.5) * other[0] / shape[0], (pixel[1] + 0.5) * other[1] / shape[1]


def same_pixel(pixel: Pixel, shape: Shape, other: Shape) -> Pixel:
    """The pixel at :func:`same_position`."""
    y, x = same_position(pixel, shape, other)
    return math.floor(y), math.floor(x)


def same_place(
    viewport: Viewport, shape: Shape, size: Shape, other: Shape, other_size: Shape
) -> Viewport:
    """The viewport that shows the same part of another picture.

    Parameters
    ----------
    viewport
        What is seen of a picture.
    shape, other
        Height and width of that picture and of the other, in pixels.
    size, other_size
        Height and width of the screens, in device pixels. Their middles show the same place.
    """
    y, x = viewport.to_picture(size[0] / 2, size[1] / 2)
    # As large on the screen, by area: from here to there and back again is the same.
    scale = viewport.scale * math.sqrt((shape[0] * shape[1]) / (other[0] * other[1]))
    scale = max(SMALLEST_SCALE, min(LARGEST_SCALE, scale))
    return Viewport(
        scale,
        other_size[0] / 2 - y * other[0] / shape[0] * scale,
        other_size[1] / 2 - x * other[1] / shape[1] * scale,
    )
