"""What is open: a frame with its label map and history, and the only way to change them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
from psygnal import Signal

from segstudio.core.classes import ClassTable
from segstudio.core.composing import Composition, composed, step_between
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.history import (
    History,
    Step,
    TileState,
    raw_tile,
    tiles_under,
    write_raw,
    write_states,
)
from segstudio.core.label_map import Ids, LabelMap
from segstudio.core.packing import Packing
from segstudio.core.protection import Mask, Protection
from segstudio.core.rect import Rect


class TransactionError(RuntimeError):
    """An edit outside an open transaction, or a second transaction inside one."""


@dataclass(slots=True)
class _Transaction:
    name: str
    merge_key: str
    protected: bool
    held_back: bool
    before: Packing


class Document:
    """A frame that is being labelled.

    Every change runs inside a transaction (begin, apply, commit or roll back) and becomes one
    step of undo. Locked classes and the human's own rules are protected here, so that no tool can
    forget to.

    Attributes
    ----------
    frame
        The picture.
    label_map
        Ids and provenance; read it, and change it only through this class.
    protection
        What tools may change.
    revision
        Counts up with every change of the label map; results of workers carry the revision they
        were made from.
    """

    pixels_changed = Signal(Rect)
    """A rectangle of the label map holds new values."""

    classes_changed = Signal()
    """The class table was replaced."""

    committed = Signal(tuple)
    """A change is final; carries the tiles (``TileState``) as they are now, for the journal."""

    held_back = Signal()
    """A gesture has changed nothing, since locked classes or :attr:`protection` kept its pixels."""

    def __init__(
        self,
        frame: Frame,
        label_map: LabelMap | None = None,
        classes: ClassTable | None = None,
        history: History | None = None,
    ) -> None:
        self.frame = frame
        self.label_map = label_map or LabelMap.blank(frame.shape)
        if self.label_map.shape != frame.shape:
            raise ValueError(f"label map {self.label_map.shape} for a frame {frame.shape}")
        self.history = history or History()
        self.protection = Protection()
        self.revision = 0
        self._classes = classes or ClassTable()
        self._transaction: _Transaction | None = None

    @property
    def classes(self) -> ClassTable:
        return self._classes

    @classes.setter
    def classes(self, classes: ClassTable) -> None:
        self._classes = classes
        self.classes_changed.emit()

    @property
    def in_transaction(self) -> bool:
        return self._transaction is not None

    def begin(self, name: str, merge_key: str = "", *, protected: bool = False) -> None:
        """Open a transaction.

        Parameters
        ----------
        name
            What undo will call it, such as "Brush".
        merge_key
            Transactions that follow each other with the same key become one step.
        protected
            Whether :attr:`protection` holds in it, as it does for tools.

        Raises
        ------
        TransactionError
            Where one is open already.
        """
        if self._transaction is not None:
            raise TransactionError(f"{name!r} begins inside {self._transaction.name!r}")
        self._transaction = _Transaction(name, merge_key, protected, False, Packing())

    def apply(self, edit: Edit) -> Rect:
        """Change pixels inside the open transaction; gives the rectangle that was touched.

        Pixels of locked classes stay as they are.

        Raises
        ------
        TransactionError
            Where no transaction is open.
        """
        if self._transaction is None:
            raise TransactionError("an edit outside a transaction")
        edit = edit.clipped(self.frame.shape)
        if edit.rect.empty:
            return edit.rect
        self._remember(edit.rect)
        here = edit.rect.slices
        ids, provenance = self.label_map.ids[here], self.label_map.provenance[here]
        mask = self._permitted(self._transaction, edit, ids)
        bits = mask.view(np.uint8) * np.uint8(255)
        _put(ids, edit.ids, bits)
        _put(provenance, edit.provenance, bits)
        self._touched(edit.rect)
        return edit.rect

    def commit(self) -> Step | None:
        """Close the transaction as one step of undo; None where nothing has changed."""
        transaction = self._take_transaction()
        with closing(transaction.before) as before:
            changed = {
                tile: now
                for tile, raw in before.raw.items()
                if raw != (now := raw_tile(self.label_map, tile))
            }
            after = tuple(TileState.pack(tile, now) for tile, now in changed.items())
            states = before.packed(changed), after
        if not changed:
            if transaction.held_back:
                self.held_back.emit()
            return None
        step = Step(transaction.name, *states, transaction.merge_key)
        self.history.push(step)
        self.committed.emit(step.after)
        return step

    def rollback(self) -> None:
        """Close the transaction and put everything back as it was before."""
        dirty = Rect(0, 0, 0, 0)
        with closing(self._take_transaction().before) as before:
            for tile, raw in before.raw.items():
                dirty = dirty.union(write_raw(self.label_map, tile, raw))
        if not dirty.empty:
            self._touched(dirty)

    @contextmanager
    def transaction(self, name: str, merge_key: str = "") -> Iterator[None]:
        """A transaction that rolls back where its body raises."""
        self.begin(name, merge_key)
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def undo(self) -> Step | None:
        """Take the newest step back; None where there is none."""
        self._refuse_inside_transaction("undo")
        step = self.history.take_undo()
        if step is not None:
            self._write(step.before)
            self.committed.emit(step.before)
        return step

    def redo(self) -> Step | None:
        """Repeat the step that was taken back last; None where there is none."""
        self._refuse_inside_transaction("redo")
        step = self.history.take_redo()
        if step is not None:
            self._write(step.after)
            self.committed.emit(step.after)
        return step

    def compose(self, model_ids: Ids, name: str, merge_key: str = "") -> Step | None:
        """Let a model decide every pixel that no human decided.

        Parameters
        ----------
        model_ids
            HxW uint8 class ids of this project's class table, 255 where the model says nothing.
        name, merge_key
            As for :meth:`begin`.
        """
        composition = self.composition(model_ids, name, merge_key)
        self.accept(composition)
        return None if composition.dirty.empty else composition.step

    def composition(self, model_ids: Ids, name: str, merge_key: str = "") -> Composition:
        """What :meth:`compose` would do, for :meth:`accept`.

        It only reads and may be called by a worker: where the label map changes meanwhile, it is
        outdated.
        """
        revision, classes = self.revision, self._classes
        planes = composed(self.label_map, model_ids, classes.locked_ids)
        changes = step_between(self.label_map, planes, name, merge_key)
        return Composition(revision, classes, planes, *changes)

    def accept(self, composition: Composition) -> bool:
        """Let a composition come true; says whether it still fits.

        Raises
        ------
        TransactionError
            Inside a transaction.
        """
        self._refuse_inside_transaction(composition.step.name)
        if composition.revision != self.revision or composition.classes is not self._classes:
            return False
        dirty = composition.dirty
        if not dirty.empty:
            self.label_map.ids[dirty.slices] = composition.planes.ids[dirty.slices]
            self.label_map.provenance[dirty.slices] = composition.planes.provenance[dirty.slices]
            self._touched(dirty)
            self.history.push(composition.step)
            self.committed.emit(composition.step.after)
        return True

    def _permitted(self, transaction: _Transaction, edit: Edit, ids: Ids) -> Mask:
        """The pixels of an edit that no lock and no rule keeps; ``ids`` are those under it."""
        mask = edit.mask
        if locked := self._classes.locked_ids:
            mask = mask & ~np.isin(ids, locked)
        if not transaction.protected:
            return mask
        if self.protection.active:
            mask = mask & self.protection.allowed(edit.rect, ids, edit.ids)
        if mask is not edit.mask and not transaction.held_back:
            transaction.held_back = bool((edit.mask & ~mask & (ids != edit.ids)).any())
        return mask

    def _remember(self, rect: Rect) -> None:
        assert self._transaction is not None
        before = self._transaction.before
        fresh = (tile for tile in tiles_under(rect) if tile not in before.raw)
        before.add({tile: raw_tile(self.label_map, tile) for tile in fresh})

    def _take_transaction(self) -> _Transaction:
        if self._transaction is None:
            raise TransactionError("no transaction is open")
        transaction, self._transaction = self._transaction, None
        return transaction

    def _refuse_inside_transaction(self, what: str) -> None:
        if self._transaction is not None:
            raise TransactionError(f"{what} inside {self._transaction.name!r}")

    def _write(self, states: tuple[TileState, ...]) -> None:
        dirty = write_states(self.label_map, states)
        if not dirty.empty:
            self._touched(dirty)

    def _touched(self, rect: Rect) -> None:
        self.revision += 1
        self.pixels_changed.emit(rect)


def _put(plane: Ids, values: int | Ids, bits: Ids) -> None:
    """Copy the bits that are set; twice as fast as a copy under a mask, and strokes are wide."""
    change = plane ^ np.asarray(values, np.uint8)
    change &= bits
    plane ^= change
