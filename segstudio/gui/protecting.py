"""The rules that protect labels: kept with the project, shown, and told when they keep a stroke."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID
from segstudio.core.protection import Mask, Over, Protection
from segstudio.gui.actions import action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.region_veil import RegionVeil
from segstudio.gui.dialogs.overwrite_rules import OverwriteDialog
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure
from segstudio.gui.panels.protection import ProtectionPanel
from segstudio.gui.protection_state import ProtectionState
from segstudio.gui.region_lasso import RegionLasso
from segstudio.gui.rule_sign import RuleSign
from segstudio.gui.tools_in_hand import ToolsInHand
from segstudio.project import Project
from segstudio.tools.lasso import LassoOptions
from segstudio.tools.parts.spec import ToolSpec

_SETTING = "protection"


class Protecting(QObject):
    """Holds the rules, gives them to every document, and draws the region they may have.

    Rules belong to the project; the region to the frame that it was drawn on.
    """

    changed = Signal(object)
    """A new ``ProtectionState``."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self, canvas: Canvas, labelling: Labelling, tools: ToolsInHand, window: QWidget
    ) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._labelling = labelling
        self._tools = tools
        self._window = window
        self.state = ProtectionState()
        self._region: Mask | None = None
        self._told = False
        self._dialog: OverwriteDialog | None = None
        self._veil = RegionVeil()
        canvas.veils.append(self._veil.paint)
        self._lasso = ToolSpec(
            "region",
            "Region",
            "mdi6.lasso",
            "",
            "Draw around what you want to paint in.",
            LassoOptions,
            lambda: RegionLasso(self._take_region),
            order=0,
            edits=False,
        )
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self._give_up)
        self._escape.setEnabled(False)
        labelling.project_opened.connect(self._take_project)
        labelling.classes_changed.connect(self._take_classes)
        labelling.frame_opened.connect(self._take_frame)
        tools.tool_changed.connect(self._take_tool)

    def show_in(self, panel: ProtectionPanel, sign: RuleSign) -> None:
        """Let a panel show and set the rules, and a sign tell of them."""
        self.changed.connect(panel.show_state)
        self.changed.connect(sign.show_state)
        panel.over_chosen.connect(self.paint_over)
        panel.rules_requested.connect(self.overwrite_rules)
        panel.inside_toggled.connect(self.paint_inside)
        panel.draw_requested.connect(self.draw_region)
        panel.forget_requested.connect(self.forget_region)
        sign.clear_requested.connect(self.clear_rules)
        sign.cancel_requested.connect(self.stop_drawing)
        panel.show_state(self.state)
        sign.show_state(self.state)

    # --- rules ---------------------------------------------------------------------------------

    def paint_over(self, over: Over, class_id: int = VOID) -> None:
        """Let tools change only these pixels."""
        self._set_rules(replace(self.state.rules, over=over, over_class=class_id))

    def forbid(self, pairs: frozenset[tuple[int, int]]) -> None:
        """Exactly these pairs of classes may not be painted over each other."""
        self._set_rules(replace(self.state.rules, forbidden=pairs))

    def paint_inside(self, inside: bool) -> None:
        """Keep painting inside the region, which is drawn first where there is none."""
        if inside and self._region is None:
            self.draw_region()
            return
        self.stop_drawing()
        self._set(inside=inside)

    @action(
        "Paint over everything &unlocked",
        "Tools/8",
        "Strokes change every pixel whose class is not locked.",
        icon="mdi6.shield-off-outline",
        shortcuts=["Alt+1"],
    )
    def paint_over_everything(self) -> None:
        """End painting over void or one class only."""
        self.paint_over("everything")

    @action(
        "Paint only over &void",
        "Tools/8",
        "Strokes change only pixels that nobody has labelled.",
        icon="mdi6.shield-outline",
        shortcuts=["Alt+2"],
    )
    def paint_over_void(self) -> None:
        """Protect all that is labelled."""
        self.paint_over("void")

    @action(
        "Paint only over the &class in hand",
        "Tools/8",
        "Pick a class, choose this, then pick what to paint over it.",
        icon="mdi6.shield-half-full",
        shortcuts=["Alt+3"],
    )
    def paint_over_class(self) -> None:
        """Protect all but the active class."""
        if self._tools.active_class in self.state.classes:
            self.paint_over("class", self._tools.active_class)

    @action(
        "&Overwrite rules…",
        "Tools/8",
        "Say for each pair of classes whether the one may be painted over the other.",
        icon="mdi6.table-lock",
        shortcuts=["Alt+4"],
    )
    def overwrite_rules(self) -> None:
        """Show the table of all pairs."""
        if self._dialog is None:
            self._dialog = OverwriteDialog(self._window)
            self._dialog.edited.connect(self.forbid)
            self.changed.connect(self._dialog.show_state)
            self._dialog.show_state(self.state)
            self._dialog.fit()
        self._dialog.bring_forward()
        self._dialog.view.setFocus()

    @action(
        "C&lear all rules",
        "Tools/8",
        "Let strokes change everything that is not locked, everywhere.",
        icon="mdi6.shield-remove-outline",
        shortcuts=["Alt+0"],
    )
    def clear_rules(self) -> None:
        """Without any rule."""
        self.stop_drawing()
        self._region = None
        self._set(drawn=False, inside=False)
        self._set_rules(Protection())

    # --- the region ----------------------------------------------------------------------------

    @action(
        "&Draw a region to paint in",
        "Tools/8",
        "The next stroke goes around it; holding Shift adds to the region that is there.",
        icon="mdi6.lasso",
        shortcuts=["Alt+5"],
    )
    def draw_region(self) -> None:
        """Let the next gesture draw the region instead of labels."""
        if self._labelling.document is None:
            return
        self._canvas.driver.choose(self._lasso, LassoOptions())
        self._canvas.setFocus()
        self._escape.setEnabled(True)
        self._set(drawing=True)

    @action(
        "Paint &inside the region only",
        "Tools/8",
        "Again to paint everywhere; the region is kept until you go to another frame.",
        icon="mdi6.select-marker",
        shortcuts=["Alt+6"],
    )
    def toggle_inside(self) -> None:
        """Heed the region, or do not."""
        self.paint_inside(not self.state.inside)

    def forget_region(self) -> None:
        """Without a region."""
        self._region = None
        self._set(drawn=False, inside=False)

    def stop_drawing(self) -> None:
        """Take the tool into the hand again."""
        if self.state.drawing:
            self._canvas.driver.cancel()
            self._put_lasso_down()

    def _give_up(self) -> None:
        """Escape takes back what has been drawn so far, and then the wish to draw."""
        if self._canvas.driver.cancel():
            self._canvas.update()
        else:
            self.stop_drawing()

    def _take_region(self, region: Mask, added: bool) -> None:
        if added and self._region is not None:
            region |= self._region
        self._region = region
        self._set(drawn=True, inside=True)
        self._put_lasso_down()

    def _put_lasso_down(self) -> None:
        self._end_drawing()
        self._canvas.driver.choose(self._tools.spec, self._tools.options)

    def _take_tool(self, *_tool: object) -> None:
        """Who takes another tool does not want to draw the region any more."""
        if self.state.drawing:
            self._end_drawing()

    def _end_drawing(self) -> None:
        self._escape.setEnabled(False)
        self._set(drawing=False)

    # --- what is open --------------------------------------------------------------------------

    def _take_project(self, project: Project) -> None:
        rules = Protection()
        kept = project.settings.get(_SETTING)
        if kept is not None:
            try:
                rules = Protection.from_json(kept).limited_to(project.classes.ids)
            except SegStudioError as error:
                self.noticed.emit(failure(error))
        self._set(rules=rules, classes=project.classes)

    def _take_classes(self, classes: ClassTable) -> None:
        before, rules = self.state.rules, self.state.rules.limited_to(classes.ids)
        self._set(rules=rules, classes=classes)
        if rules.over != before.over:
            text = "The class that you painted over is gone: now you paint over everything."
            self.noticed.emit(Notice(text, "warning"))
        if (rules.over, rules.forbidden) != (before.over, before.forbidden):
            self._keep()

    def _take_frame(self, document: Document | None) -> None:
        if self.state.drawing:
            self._put_lasso_down()
        self._region = None
        if document is not None:
            document.held_back.connect(self._tell_held_back)
        self._set(drawn=False, inside=False)

    def _set_rules(self, rules: Protection) -> None:
        self._set(rules=rules)
        self._keep()

    def _keep(self) -> None:
        """Write the rules into the project."""
        project = self._labelling.project
        if project is None or project.read_only:
            return
        project.settings[_SETTING] = self.state.rules.to_json()
        try:
            project.save_settings()
        except SegStudioError as error:
            self.noticed.emit(failure(error))

    def _set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self._told = False
        region = self._region if self.state.inside else None
        if self._labelling.document is not None:
            self._labelling.document.protection = replace(self.state.rules, region=region)
        self._veil.region = region
        self._canvas.update()
        self.changed.emit(self.state)

    # --- a stroke in vain ----------------------------------------------------------------------

    def _tell_held_back(self) -> None:
        """Say once why a stroke did nothing, until the rules or the frame change."""
        if self._told:
            return
        self._told = True
        if self.state.active:
            words = self.state.in_words()
            text = f"Nothing was painted there: {words[:1].lower()}{words[1:]}."
            self.noticed.emit(Notice(text, "info", "Clear the rules", self.clear_rules))
        else:
            text = "Nothing was painted there: the class under the stroke is locked."
            self.noticed.emit(Notice(text, "info", "Unlock all classes", self._unlock))

    def _unlock(self) -> None:
        classes = self.state.classes
        for class_id in classes.locked_ids:
            classes = classes.changed(class_id, locked=False)
        self._labelling.set_classes(classes)
