"""What the half beside the canvas shows: a picture, labels over it, and words about both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segstudio.core.document import Document
from segstudio.core.label_map import Ids, Provenance
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.comparison.opinions import Opinion
from segstudio.gui.under_pointer import class_name, describe
from segstudio.tools.parts.spec import Likelihood

Pixel = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One thing to look at.

    Attributes
    ----------
    title
        What it is.
    pyramid
        The picture.
    ids, provenance
        HxW uint8 each; None where the picture is alone.
    told
        What there is to say of a pixel (row, column).
    frame
        Name of the frame.
    of_model
        Whether a model alone has decided all of it.
    """

    title: str
    pyramid: PicturePyramid
    frame: str
    told: Callable[[Pixel], str] = lambda _pixel: ""
    ids: Ids | None = None
    provenance: Ids | None = None
    of_model: bool = False


def of_document(title: str, document: Document, pyramid: PicturePyramid) -> Exhibit:
    """A frame with its labels."""
    labels = document.label_map
    return Exhibit(
        title,
        pyramid,
        document.frame.name,
        lambda pixel: describe(document, pixel),
        labels.ids,
        labels.provenance,
    )


def of_picture(title: str, document: Document, pyramid: PicturePyramid) -> Exhibit:
    """A frame without its labels; of a pixel its values are told."""
    pixels = document.frame.pixels

    def told(pixel: Pixel) -> str:
        return " ".join(f"{value:.4g}" for value in np.atleast_1d(pixels[pixel]).tolist())

    return Exhibit(title, pyramid, document.frame.name, told)


def of_opinion(
    title: str, document: Document, pyramid: PicturePyramid, opinion: Opinion
) -> Exhibit:
    """What a model says of a frame."""

    def told(pixel: Pixel) -> str:
        name = class_name(document.classes, int(opinion.ids[pixel]))
        return f"{name} · {opinion.sureness[pixel] / 255:.2f}"

    return _of_model(title, document, pyramid, opinion.ids, told)


def of_prediction(
    title: str, document: Document, pyramid: PicturePyramid, ids: Ids, likelihood: Likelihood
) -> Exhibit:
    """What the model in use has said of the open frame, as it is known already."""

    def told(pixel: Pixel) -> str:
        class_id = int(ids[pixel])
        plane = likelihood(class_id)
        sure = "" if plane is None else f" · {plane[pixel]:.2f}"
        return class_name(document.classes, class_id) + sure

    return _of_model(title, document, pyramid, ids, told)


def _of_model(
    title: str,
    document: Document,
    pyramid: PicturePyramid,
    ids: Ids,
    told: Callable[[Pixel], str],
) -> Exhibit:
    by_model = np.broadcast_to(np.uint8(Provenance.MODEL), ids.shape)
    return Exhibit(title, pyramid, document.frame.name, told, ids, by_model, of_model=True)
