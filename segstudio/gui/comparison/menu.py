"""The menu that chooses what to compare with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from segstudio.gui.comparison.subject import Subject
from segstudio.gui.model_choices import WEIGHTS, Choice

_NEAR = 8
"""Frames on each side of the open one that are offered by name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from.

    Attributes
    ----------
    names
        All frames, in the order in which they are listed.
    here
        The open one.
    model
        The label of the model in use; empty where there is none.
    others
        The other models.
    """

    names: Sequence[str]
    here: str
    model: str
    others: Sequence[Choice]


def fill(menu: QMenu, offer: Offer, chosen: Subject, choose: Callable[[Subject], object]) -> None:
    """Offer everything anew, with a mark at what is chosen."""
    menu.clear()
    _Filler(menu, chosen, choose).fill(offer)


class _Filler:
    def __init__(self, menu: QMenu, chosen: Subject, choose: Callable[[Subject], object]) -> None:
        self._menu = menu
        self._chosen = chosen
        self._group = QActionGroup(menu)
        self._group.triggered.connect(lambda entry: choose(entry.data()))

    def fill(self, offer: Offer) -> None:
        menu = self._menu
        self._add(menu, "Previous frame", Subject("previous"))
        self._add(menu, "Next frame", Subject("next"))
        self._add_frames(menu.addMenu("Another frame"), offer)
        menu.addSeparator()
        self._add(menu, "This picture without labels", Subject("picture"))
        self._add(menu, _prediction_of(offer.model), Subject("prediction"))
        menu.addSeparator()
        local = [choice for choice in offer.others if choice.group != WEIGHTS]
        for choice in local:
            self._add(menu, f"Prediction of {choice.label}", Subject("model", choice.key))
        if not local:
            self._add(menu, "Prediction of another model", Subject("model"))
        self._add_published(menu.addMenu("Published weights"), offer.others)

    def _add_frames(self, menu: QMenu, offer: Offer) -> None:
        place = offer.names.index(offer.here) if offer.here in offer.names else 0
        near = list(offer.names[max(0, place - _NEAR) : place + _NEAR + 1])
        held = self._chosen.name if self._chosen.kind == "frame" else ""
        if held and held not in near:
            near.insert(0, held)
        for name in near:
            self._add(menu, name, Subject("frame", name))
        menu.setEnabled(bool(near))

    def _add_published(self, menu: QMenu, others: Sequence[Choice]) -> None:
        for choice in others:
            if choice.group == WEIGHTS:
                self._add(menu, choice.label, Subject("model", choice.key))
                menu.actions()[-1].setToolTip(choice.detail)
        menu.setToolTipsVisible(True)
        menu.setEnabled(bool(menu.actions()))

    def _add(self, menu: QMenu, text: str, subject: Subject) -> None:
        entry = menu.addAction(text.replace("&", "&&"))
        entry.setData(subject)
        entry.setCheckable(True)
        entry.setChecked(subject == self._chosen)
        self._group.addAction(entry)


def _prediction_of(model: str) -> str:
    return f"Prediction of {model}" if model else "Prediction"
