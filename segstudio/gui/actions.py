"""Everything a user can do, declared beside the method that does it.

Menus, tool bar, shortcuts and the command palette build themselves from these declarations.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from segstudio.gui import theme
from segstudio.gui.key_text import Keys, native

_DECLARED = "__segstudio_action__"
Method = TypeVar("Method", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: where it stands in the menus, its keys, and what it says of itself.

    ``menu`` may end in a group number, "Edit/2": groups are divided by a line. ``shortcuts`` are
    written as Qt's portable text; the first is the one that is shown.
    """

    name: str
    text: str
    menu: str
    tooltip: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    checked: bool = False

    @property
    def menu_title(self) -> str:
        """The menu without its group."""
        return _group(self)[0]

    @property
    def title(self) -> str:
        """The text as it stands where nothing is opened by it and no letter is underlined."""
        return self.text.replace("&", "").rstrip("…")


def action(
    text: str,
    menu: str,
    tooltip: str,
    *,
    icon: str = "",
    shortcuts: Iterable[str] = (),
    checkable: bool = False,
    checked: bool = False,
) -> Callable[[Method], Method]:
    """Declare a method as an action; a checkable one is called with the new state."""

    def declare(method: Method) -> Method:
        spec = ActionSpec(
            method.__name__, text, menu, tooltip, icon, tuple(shortcuts), checkable, checked
        )
        setattr(method, _DECLARED, spec)
        return method

    return declare


class Actions:
    """The actions of several owners, as Qt's, by name.

    Raises
    ------
    ValueError
        Where two actions share a name or a shortcut.
    """

    def __init__(self, parent: QObject, owners: Iterable[object]) -> None:
        self._parent = parent
        self._specs: dict[str, ActionSpec] = {}
        self._actions: dict[str, QAction] = {}
        for owner in owners:
            for spec in _declared(owner):
                self.add(spec, getattr(owner, spec.name))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def add(self, spec: ActionSpec, slot: Callable[..., object]) -> QAction:
        """One more action, such as the one that takes a tool into the hand."""
        taken = {key: other.name for other in self._specs.values() for key in other.shortcuts}
        clashes = [f"{key} ({taken[key]})" for key in spec.shortcuts if key in taken]
        if spec.name in self._specs or clashes:
            raise ValueError(f"action {spec.name!r} is declared twice or clashes: {clashes}")
        made = QAction(spec.text, self._parent)
        made.setObjectName(spec.name)
        made.setStatusTip(spec.tooltip)
        made.setCheckable(spec.checkable)
        made.setChecked(spec.checked)
        if spec.checkable:
            made.toggled.connect(slot)
        else:
            made.triggered.connect(lambda _checked=False: slot())
        self._specs[spec.name] = spec
        self._actions[spec.name] = made
        self.set_keys(spec.name, spec.shortcuts)
        self._dress(spec, made)
        return made

    def set_keys(self, name: str, keys: Iterable[str]) -> None:
        """Give an action other keys than it was declared with."""
        made, keys = self._actions[name], tuple(keys)
        made.setShortcuts([QKeySequence(key) for key in keys])
        made.setToolTip(_tooltip(self._specs[name], keys))

    def dress(self) -> None:
        """Give every action the icon of the current theme."""
        for name, made in self._actions.items():
            self._dress(self._specs[name], made)

    def fill(self, bar: QMenuBar, order: Iterable[str]) -> dict[str, QMenu]:
        """Build the menus, in this order, each group below a line."""
        menus = {title: bar.addMenu(f"&{title}") for title in order}
        group_before: dict[str, str] = {}
        for spec in self.in_groups():
            title, group = _group(spec)
            if group_before.setdefault(title, group) != group:
                menus[title].addSeparator()
                group_before[title] = group
            menus[title].addAction(self._actions[spec.name])
        for menu in menus.values():
            menu.setToolTipsVisible(False)
        return menus

    def in_groups(self) -> list[ActionSpec]:
        """What was declared, sorted by menus and their groups."""
        return sorted(self._specs.values(), key=_group)

    def title_of(self, made: QAction) -> str:
        """The menu that holds an action, for the command palette."""
        return self.spec_of(made).menu_title

    def spec_of(self, made: QAction) -> ActionSpec:
        """What was declared of an action."""
        return self._specs[made.objectName()]

    def _dress(self, spec: ActionSpec, made: QAction) -> None:
        if spec.icon:
            made.setIcon(theme.icon(spec.icon))


def _declared(owner: object) -> Iterator[ActionSpec]:
    for base in reversed(type(owner).__mro__):
        for member in vars(base).values():
            spec: Any = getattr(member, _DECLARED, None)
            if isinstance(spec, ActionSpec):
                yield spec


def _group(spec: ActionSpec) -> tuple[str, str]:
    title, _, group = spec.menu.partition("/")
    return title, group


def _tooltip(spec: ActionSpec, keys: Keys) -> str:
    shown = escape(native(keys[0])) if keys else ""
    heading = f"<b>{spec.title}</b>" + (f" &nbsp;<small>{shown}</small>" if shown else "")
    return f"<p style='white-space:pre'>{heading}</p><p>{spec.tooltip}</p>"
