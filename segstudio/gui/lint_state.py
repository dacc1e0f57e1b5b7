"""What checking the open frame's labels has brought, as widgets show it."""

from dataclasses import dataclass, field

from segstudio.core.classes import ClassTable
from segstudio.core.lint.parts.report import Report
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import CheckSpec


@dataclass(frozen=True, slots=True)
class LintState:
    """The rules of the project and the newest report.

    Attributes
    ----------
    rules
        Which checks are made, and how.
    classes
        The project's class table.
    frame
        Name of the open frame; empty where there is none.
    report
        What was found in it; None while it has not been checked.
    """

    rules: LintRules = field(default_factory=LintRules)
    classes: ClassTable = field(default_factory=ClassTable)
    frame: str = ""
    report: Report | None = None

    @property
    def summary(self) -> str:
        """ "3 specks, 1 forbidden touch"; empty where nothing was found, or sought."""
        return self.report.summary if self.report and self.report.findings else ""

    @property
    def remedies(self) -> list[CheckSpec]:
        """Checks that have found something and know a safe way to put it right."""
        found = {finding.check for finding in self.report.findings} if self.report else set()
        return [spec for spec in self.rules.checks() if spec.mend and spec.name in found]
