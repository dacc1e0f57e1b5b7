"""What the checks have found in the open frame, and which checks are made."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segstudio.core.lint import in_order
from segstudio.core.lint.parts.report import Report
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.finding_list import FindingList
from segstudio.gui.dialogs.parts.lint_rules import LintRulesForm
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.text import heading, quiet
from segstudio.gui.lint_state import LintState
from segstudio.gui.widgets.empty_state import EmptyState

_WIDTH = 52 * theme.STEP
_CLEAN = "Nothing found. The labels pass all checks that are on."
_NO_FRAME = "Open a frame to check its labels."
_CHECKING = "Checking…"


class LintDialog(PagedDialog):
    """Stays beside the work: a click on a finding goes to its place on the canvas."""

    pointed = Signal(object, bool)
    """A ``Finding`` or None, and whether to go there."""

    ignored = Signal(object)
    """This ``Finding`` shall not be told again."""

    heed_requested = Signal()
    """What is ignored in this frame shall be told again."""

    remedy_requested = Signal(str)
    """Everything that the check of this name finds shall be put right."""

    rules_edited = Signal(object)
    """The new ``LintRules``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Check labels", parent)
        self.summary = heading("")
        self.summary.setWordWrap(True)
        self.list = FindingList()
        self.empty = EmptyState("check-circle-outline", _CLEAN)
        self._ignored_count = quiet()
        self.heed = plain("Show again")
        self.heed.setToolTip("Tell of everything in this frame that is ignored")
        self.rules_button = plain("Checks…")
        self.ignore = plain("Ignore")
        self.ignore.setToolTip("Tell no more of this one, as long as it stays as it is (Delete)")
        self.remedies = {s.name: plain(s.remedy) for s in in_order() if s.remedy}
        self.rules = LintRulesForm()
        self._back = primary("Back to the findings")
        close = primary("Close")
        content = self._findings_content()
        buttons = (self.rules_button, self.ignore, *self.remedies.values(), close)
        self._findings_page = Page(content, _WIDTH, *buttons)
        self._rules_page = Page(self.rules, _WIDTH, self._back)
        self.add_page(self._findings_page)
        self.add_page(self._rules_page)
        close.clicked.connect(self.close)
        self._wire()

    def show_findings(self) -> None:
        """Come forward with the findings."""
        self.show_page(self._findings_page)
        self.bring_forward()
        self.list.setFocus()

    def show_state(self, state: LintState) -> None:
        """Show another report, or other rules."""
        report = state.report or Report()
        known = bool(state.frame) and state.report is not None
        self.summary.setText(f"{state.frame}: {report.summary}" if known else "")
        self.list.show_findings(report.findings, state.classes)
        self._list_or_word.setCurrentIndex(0 if report.findings else 1)
        self.empty.set_sentence(_CLEAN if known else _CHECKING if state.frame else _NO_FRAME)
        self._ignored_count.setText(f"{len(report.ignored)} ignored")
        self._ignored_line.setVisible(bool(report.ignored))
        wanted = {spec.name for spec in state.remedies}
        for name, button in self.remedies.items():
            button.setVisible(name in wanted)
        self.rules.show_state(state)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pointed.emit(None, False)

    def _findings_content(self) -> QWidget:
        self._list_or_word = QStackedWidget()
        self._list_or_word.addWidget(self.list)
        self._list_or_word.addWidget(self.empty)
        self._ignored_line = QWidget()
        line = QHBoxLayout(self._ignored_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.STEP)
        line.addWidget(self._ignored_count, 1)
        line.addWidget(self.heed)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(self.summary)
        column.addWidget(self._list_or_word, 1)
        column.addWidget(self._ignored_line)
        return content

    def _wire(self) -> None:
        self.list.pointed.connect(self._point)
        self.list.ignored.connect(self.ignored)
        self.ignore.clicked.connect(self.list.ignore_current)
        self.heed.clicked.connect(self.heed_requested)
        self.rules_button.clicked.connect(lambda: self.show_page(self._rules_page))
        self._back.clicked.connect(lambda: self.show_page(self._findings_page))
        self.rules.edited.connect(self.rules_edited)
        for name, button in self.remedies.items():
            button.clicked.connect(lambda _=False, n=name: self.remedy_requested.emit(n))

    def _point(self, finding: object, go: bool) -> None:
        self.ignore.setEnabled(finding is not None)
        self.pointed.emit(finding, go)
