"""Specks: small pieces that a slip of the hand or a wavering network leaves behind."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from segstudio.core.components import Components, Mask, components, heirs
from segstudio.core.edit import Edit
from segstudio.core.history import tile_rect, tiles_under
from segstudio.core.label_map import VOID, Provenance
from segstudio.core.lint import check
from segstudio.core.lint.parts.spec import Finding, Subject, plural
from segstudio.core.options import option
from segstudio.core.rect import Rect

_NAME = "specks"


@dataclass(frozen=True)
class SpecksOptions:
    """What counts as a speck."""

    size: int = option(
        10,
        "Fewer than",
        "Pieces of one class with fewer pixels than this are specks",
        minimum=2,
        maximum=10_000,
        unit="px",
        logarithmic=True,
    )
    void: bool = option(True, "Void too", "Whether a few unlabelled pixels are a speck, too")


def mend(subject: Subject, options: SpecksOptions, stay: Collection[Finding]) -> Iterator[Edit]:
    """Give each speck to what it borders most, as the tool *Remove specks* does."""
    ids = subject.label_map.ids
    pieces = components(ids)
    removed = _small(pieces, options)
    for number in removed.nonzero()[0].tolist():
        removed[number] = _finding(subject, pieces, number) not in stay
    mask = pieces.mask(removed)
    new = heirs(ids, mask)
    for tile in tiles_under(Rect.of_shape(ids.shape)):
        rect = tile_rect(tile, subject.label_map.shape)
        if mask[rect.slices].any():
            yield Edit(rect, mask[rect.slices], new[rect.slices], Provenance.HUMAN)


@check(
    name=_NAME,
    label="Specks",
    nouns=("speck", "specks"),
    tooltip="Pieces of a class that are too small to be meant",
    options=SpecksOptions,
    order=10,
    remedy="Remove specks",
    mend=mend,
)
def find(subject: Subject, options: SpecksOptions) -> Iterator[Finding]:
    """Every 8-connected component of one id with fewer pixels than ``size``.

    Over corners too, as for the tool that removes them: else a slanting line of one pixel would
    be nothing but specks.
    """
    pieces = components(subject.label_map.ids)
    for number in _small(pieces, options).nonzero()[0].tolist():
        yield _finding(subject, pieces, number)


def _small(pieces: Components, options: SpecksOptions) -> Mask:
    """Which components are specks."""
    small: Mask = pieces.areas < options.size
    return small if options.void else small & (pieces.values != VOID)


def _finding(subject: Subject, pieces: Components, number: int) -> Finding:
    class_id, pixels = int(pieces.values[number]), int(pieces.areas[number])
    text = f"Speck of {subject.name_of(class_id)}, {plural(pixels, 'pixel', 'pixels')}"
    return Finding(_NAME, (class_id,), pieces.rect(number), pixels, text)
