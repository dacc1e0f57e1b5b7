"""Draws the region to paint in: a lasso whose inside becomes a mask instead of labels."""

from collections.abc import Callable, Iterable

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.protection import Mask
from segstudio.tools.lasso import Lasso
from segstudio.tools.parts.spec import ToolContext


class RegionLasso(Lasso):
    """Hands over HxW, the pixels inside its border, and whether Shift was held; edits nothing."""

    def __init__(self, done: Callable[[Mask, bool], object]) -> None:
        super().__init__()
        self._done = done

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        region = np.zeros(context.frame.shape, np.bool_)
        found = False
        for edit in super().end(context, event):
            region[edit.rect.slices] |= edit.mask
            found = True
        if found:
            self._done(region, Modifier.SHIFT in event.modifiers)
        return ()
