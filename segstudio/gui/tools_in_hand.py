"""Which tool and which class are in the hand, and how the tool is set."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.options import describe
from segstudio.gui.actions import Actions, ActionSpec, action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.labelling import Labelling
from segstudio.tools.parts.spec import ToolSpec

_SIZE_RATIO = 1.2


class ToolsInHand(QObject):
    """The chosen tool with its options, and the class it paints."""

    tool_changed = Signal(object, object)
    """``ToolSpec`` and its options."""

    active_class_changed = Signal(int)

    def __init__(self, canvas: Canvas, labelling: Labelling, window: QWidget) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._window = window
        self._keys: list[QShortcut] = []
        self._classes = ClassTable()
        self.specs = tools.in_order()
        self._options: dict[str, Any] = {spec.name: spec.options() for spec in self.specs}
        self._spec = self.specs[0]
        self._group = QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        canvas.size_step.connect(self._scale_size)
        canvas.class_step.connect(self._step_class)
        canvas.class_picked.connect(self.pick_class)
        canvas.driver.picked.connect(self.pick_class)
        labelling.classes_changed.connect(self._take_classes)

    @property
    def spec(self) -> ToolSpec:
        return self._spec

    @property
    def options(self) -> Any:
        return self._options[self._spec.name]

    @property
    def active_class(self) -> int:
        return self._canvas.driver.active_class

    def add_actions(self, actions: Actions) -> None:
        """One checkable action per tool, ``tool_`` and its name."""
        for spec in self.specs:
            name = f"tool_{spec.name}"
            shown = ActionSpec(
                name, spec.label, "Tools/1", spec.tooltip, spec.icon, (spec.shortcut,), True
            )
            made = actions.add(shown, partial(self._toggled, spec))
            made.setChecked(spec is self._spec)
            self._group.addAction(made)
            self._actions[spec.name] = made

    def _toggled(self, spec: ToolSpec, checked: bool) -> None:
        if checked:
            self.choose(spec)

    def take(self, name: str) -> None:
        """Take the tool of this name, as a click on its button does."""
        self._actions[name].setChecked(True)

    def choose(self, spec: ToolSpec) -> None:
        """Take another tool."""
        self._spec = spec
        self._announce()

    def set_options(self, options: object) -> None:
        """Set the tool in the hand."""
        self._options[self._spec.name] = options
        self._announce()

    def pick_class(self, class_id: int) -> None:
        """Paint with another class."""
        self._canvas.driver.active_class = class_id
        self._refuse_without_classes()
        self.active_class_changed.emit(class_id)

    @action("Larger tool", "Tools/2", "Ctrl+wheel does the same.", shortcuts=["]"])
    def larger(self) -> None:
        """A fifth more."""
        self._scale_size(1)

    @action("Smaller tool", "Tools/2", "Ctrl+wheel does the same.", shortcuts=["["])
    def smaller(self) -> None:
        """A fifth less."""
        self._scale_size(-1)

    def _scale_size(self, step: int) -> None:
        size = next((o for o in describe(self._spec.options) if o.name == "size"), None)
        if size is None or size.minimum is None or size.maximum is None:
            return
        now = self.options.size
        scaled = round(now * _SIZE_RATIO**step)
        # A small tool must move too: at least one pixel a step.
        wanted = max(scaled, now + 1) if step > 0 else min(scaled, now - 1)
        bounded = int(min(size.maximum, max(size.minimum, wanted)))
        self.set_options(replace(self.options, size=bounded))

    def _step_class(self, step: int) -> None:
        """A class further up in the table, or down; after the last comes the first."""
        ids = self._classes.ids
        if self.active_class in ids:
            self.pick_class(ids[(ids.index(self.active_class) - step) % len(ids)])

    def _take_classes(self, classes: ClassTable) -> None:
        self._classes = classes
        self._take_keys()
        if len(classes):
            active = self.active_class
            self.pick_class(active if active in classes else classes.ids[0])
        self._refuse_without_classes()

    def _take_keys(self) -> None:
        """Have each class's key pick it, whatever list or button of the window has the focus."""
        for old in self._keys:
            old.setEnabled(False)
            old.deleteLater()
        taken = {key for made in self._window.actions() for key in made.shortcuts()}
        wanted = {
            QKeySequence(entry.shortcut): entry.id for entry in self._classes if entry.shortcut
        }
        self._keys = [
            QShortcut(key, self._window, partial(self.pick_class, class_id))
            for key, class_id in wanted.items()
            if key not in taken
        ]

    def _refuse_without_classes(self) -> None:
        missing = "" if len(self._classes) else "Add a class first, or predict once."
        self._canvas.refuse("classes", missing)

    def _announce(self) -> None:
        self._canvas.driver.choose(self._spec, self.options)
        self._canvas.update()
        self.tool_changed.emit(self._spec, self.options)
