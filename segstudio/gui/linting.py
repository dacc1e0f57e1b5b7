"""Checks labels after they were saved, tells what was found, and puts right what it safely can."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap
from segstudio.core.lint import registry
from segstudio.core.lint.parts.report import Report, inspect
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import Finding
from segstudio.gui.actions import action
from segstudio.gui.by_hand import change_by_hand
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.finding_veil import FindingVeil
from segstudio.gui.canvas.looking import look_at
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.lint_state import LintState
from segstudio.gui.notices import Notice, failure
from segstudio.project import Project, Status
from segstudio.project.lint_choices import (
    keep_ignored,
    keep_rules,
    load_ignored,
    load_rules,
    subject_of,
)

# The dialog is imported when it is first asked for: the window is to appear before.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.lint import LintDialog

_LANE = "lint"


@dataclass(frozen=True, eq=False)
class _Tag:
    """What a check was asked for, and the labels that it saw."""

    project: Project
    name: str
    document: Document
    revision: int
    occasion: str


class Linting(QObject):
    """Makes the checks in a worker, on the copy that goes to disk; saving never waits for them."""

    changed = Signal(object)
    """A new ``LintState``."""

    on_save_changed = Signal(bool)
    """Whether labels are checked each time that they were saved."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, canvas: Canvas, jobs: Jobs, labelling: Labelling, window: QWidget) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._jobs = jobs
        self._labelling = labelling
        self._window = window
        self.state = LintState()
        self._done = False
        self._show_next = ""
        self._dialog: LintDialog | None = None
        self._veil = FindingVeil()
        canvas.veils.append(self._veil.paint)
        labelling.project_opened.connect(self._take_project)
        labelling.classes_changed.connect(self._take_classes)
        labelling.frame_opened.connect(self._take_frame)
        labelling.saving.connect(self._take_saved)
        labelling.status_changed.connect(self._take_status)

    # --- actions -------------------------------------------------------------------------------

    @action(
        "Check &labels…",
        "Frame/5",
        "Look for specks, slivers and classes that may not touch in this frame.",
        icon="mdi6.text-search",
        shortcuts=["Ctrl+L"],
    )
    def check_labels(self) -> None:
        """Show what is found, and check anew."""
        self.dialog.show_findings()
        self._check_now()

    @action(
        "Check when sa&ving",
        "Frame/5",
        "Say in the status bar what the checks find each time that labels were saved.",
        shortcuts=["Ctrl+Shift+L"],
        checkable=True,
        checked=True,
    )
    def check_when_saving(self, on: bool) -> None:
        """Switch the checks after saving on or off, for this project."""
        if on != self.state.rules.on_save:
            self.set_rules(replace(self.state.rules, on_save=on))

    # --- what the dialog asks for --------------------------------------------------------------

    @property
    def dialog(self) -> "LintDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.lint import LintDialog

        if self._dialog is None:
            self._dialog = LintDialog(self._window)
            self._dialog.pointed.connect(self._point)
            self._dialog.ignored.connect(self._ignore)
            self._dialog.heed_requested.connect(lambda: self._keep_ignored(()))
            self._dialog.remedy_requested.connect(self.mend)
            self._dialog.rules_edited.connect(self.set_rules)
            self.changed.connect(self._dialog.show_state)
            self._dialog.show_state(self.state)
        return self._dialog

    def set_rules(self, rules: LintRules) -> None:
        """Make other checks from now on."""
        project = self._labelling.project
        self._set(rules=rules)
        self.on_save_changed.emit(rules.on_save)
        if project is not None and not project.read_only:
            self._try(lambda: keep_rules(project, rules))
        if self._looking:
            self._check_now()

    def mend(self, name: str) -> None:
        """Put everything right that a check finds, but for what is ignored, as one undo step."""
        tag, spec = self._tagged(registry.get(name).remedy), registry.get(name)
        if self._canvas.refusal:
            self.noticed.emit(Notice(self._canvas.refusal, "warning"))
            return
        if tag is None or spec.mend is None:
            return
        subject = subject_of(tag.project, tag.name, tag.document.label_map.copy())
        mend, options = spec.mend, self.state.rules.options_of(spec)
        ignored = load_ignored(tag.project, tag.name)
        self._jobs.submit(
            _LANE,
            lambda: list(mend(subject, options, ignored)),
            on_done=lambda edits: self._apply(tag, edits),
            on_failed=lambda error: self.noticed.emit(failure(error, spec.remedy)),
        )

    def _apply(self, tag: _Tag, edits: list[Edit]) -> None:
        if not self._fits(tag):
            self.noticed.emit(Notice("The labels have changed meanwhile. Try again."))
        elif change_by_hand(self._labelling, tag.occasion, *edits):
            self._labelling.save()

    def _point(self, finding: Finding | None, go: bool) -> None:
        """Show where a finding is; ``go`` there, too."""
        document = self._labelling.document
        self._veil.place = finding.rect if finding is not None else None
        if finding is not None and document is not None and go:
            look_at(self._canvas, finding.rect, document.frame.shape)
        self._canvas.update()

    def _ignore(self, finding: Finding) -> None:
        if self.state.report is not None:
            self._keep_ignored((*self.state.report.ignored, finding))

    def _keep_ignored(self, ignored: Collection[Finding]) -> None:
        """Exactly these findings are ignored from now on."""
        project, report = self._labelling.project, self.state.report
        if project is None or report is None:
            return
        if self._try(lambda: keep_ignored(project, self.state.frame, ignored)):
            self._set(report=report.ignoring(ignored))

    # --- when to check -------------------------------------------------------------------------

    @property
    def _looking(self) -> bool:
        """Whether the findings are being looked at."""
        return self._dialog is not None and self._dialog.isVisible()

    def _check_now(self) -> None:
        if self._labelling.document is not None:
            self._check(self._labelling.document.label_map.copy(), "")

    def _take_saved(self, label_map: LabelMap) -> None:
        # Told in the status bar alone: a strip after each stroke would be in the way of the next.
        if self.state.rules.on_save or self._looking:
            self._check(label_map, "")

    def _take_status(self, name: str, status: str) -> None:
        if name != self._labelling.frame_name or self._labelling.document is None:
            return
        before, self._done = self._done, status == Status.DONE
        if self._done and not before and self.state.rules.on_save:
            self._check(self._labelling.document.label_map.copy(), "Marked as done")

    def _check(self, label_map: LabelMap, occasion: str) -> None:
        """Make the checks; an ``occasion`` is one to tell of them aloud, "" is none."""
        tag = self._tagged(occasion)
        if tag is None:
            return
        subject, rules = subject_of(tag.project, tag.name, label_map), self.state.rules
        self._jobs.submit(
            _LANE,
            lambda: inspect(subject, rules),
            on_done=lambda report: self._take_report(tag, report),
            on_failed=lambda error: self.noticed.emit(failure(error, "Checking the labels")),
            key="check",
        )

    def _tagged(self, occasion: str) -> _Tag | None:
        """The labels as they are now; None where no frame is open."""
        project, document = self._labelling.project, self._labelling.document
        if project is None or document is None:
            return None
        return _Tag(project, self._labelling.frame_name, document, document.revision, occasion)

    # --- what was found ------------------------------------------------------------------------

    def _fits(self, tag: _Tag) -> bool:
        document = self._labelling.document
        return document is tag.document and document.revision == tag.revision

    def _take_report(self, tag: _Tag, report: Report) -> None:
        if tag.project is not self._labelling.project:
            return
        report = report.ignoring(load_ignored(tag.project, tag.name))
        if self._fits(tag):
            self._set(report=report)
        elif self._labelling.document is tag.document:
            return  # it has been painted on: the next save checks it again
        self._tell(tag, report)

    def _tell(self, tag: _Tag, report: Report) -> None:
        """Say in one line what was found."""
        if not report.findings or not tag.occasion or self._looking:
            return
        if self._fits(tag):
            text = f"{tag.occasion}: {report.summary}."
            self.noticed.emit(Notice(text, "info", "Show", self.check_labels))
        else:
            text = f"{tag.name}: {report.summary}."
            self.noticed.emit(Notice(text, "info", "Go back", lambda: self._go_back(tag.name)))

    def _go_back(self, name: str) -> None:
        if name == self._labelling.wanted:
            self.check_labels()
        else:
            self._show_next = name
            self._labelling.open_frame(name)

    # --- what is open --------------------------------------------------------------------------

    def _take_project(self, project: Project) -> None:
        rules = LintRules()
        try:
            rules = load_rules(project)
        except SegStudioError as error:
            self.noticed.emit(failure(error))
        self._set(rules=rules, classes=project.classes, frame="", report=None)
        self.on_save_changed.emit(rules.on_save)

    def _take_classes(self, classes: ClassTable) -> None:
        self._set(rules=self.state.rules.limited_to(classes.ids), classes=classes)

    def _take_frame(self, document: Document | None) -> None:
        project, name = self._labelling.project, self._labelling.frame_name
        opened = document is not None and project is not None
        self._done = project is not None and opened and project.status(name) == Status.DONE
        self._point(None, False)
        self._set(frame=name if opened else "", report=None)
        if not opened:
            return
        if self._show_next == name:
            self.check_labels()
        elif self._looking:
            self._check_now()
        self._show_next = ""

    def _set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.changed.emit(self.state)

    def _try(self, work: Callable[[], object]) -> bool:
        """Write into the project file; say so where that fails."""
        try:
            work()
        except SegStudioError as error:
            self.noticed.emit(failure(error))
            return False
        return True
