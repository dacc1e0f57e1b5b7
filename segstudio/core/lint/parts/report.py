"""What all checks together say of a frame, and which of it the user wants to hear no more of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Self

from segstudio.core.lint import registry
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import Finding, Subject
from segstudio.core.rect import Rect

MOST = 1000
"""Findings of one check that are listed; nobody goes through more, one by one."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes
    ----------
    findings
        Check by check.
    ignored
        Those that were found again but are to be ignored.
    cut
        Names of checks that would have found more.
    """

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    cut: frozenset[str] = frozenset()

    @classmethod
    def of_all(cls, reports: Iterable["Report"]) -> Self:
        """Several frames' reports as one."""
        every = list(reports)
        return cls(
            tuple(finding for report in every for finding in report.findings),
            tuple(finding for report in every for finding in report.ignored),
            frozenset(name for report in every for name in report.cut),
        )

    def ignoring(self, ignored: Collection[Finding]) -> Self:
        """The same with exactly these findings ignored."""
        every = sorted((*self.findings, *self.ignored), key=_place)
        return replace(
            self,
            findings=tuple(finding for finding in every if finding not in ignored),
            ignored=tuple(finding for finding in every if finding in ignored),
        )

    @property
    def summary(self) -> str:
        """ "3 specks, 1 forbidden touch"; "nothing found" where all is well."""
        counts: dict[str, int] = {}
        for finding in self.findings:
            counts[finding.check] = counts.get(finding.check, 0) + 1
        parts = [self._counted(name, count) for name, count in counts.items()]
        return ", ".join(parts) or "nothing found"

    def _counted(self, name: str, count: int) -> str:
        one, many = registry.get(name).nouns
        more = "+" if name in self.cut else ""
        return f"{count}{more} {one if count == 1 else many}"


def inspect(subject: Subject, rules: LintRules) -> Report:
    """Make all checks that the rules want; a check stops after :data:`MOST` findings."""
    found: list[Finding] = []
    cut: set[str] = set()
    for spec in rules.checks():
        findings = spec.find(subject, rules.options_of(spec))
        found += islice(findings, MOST)
        if next(findings, None) is not None:
            cut.add(spec.name)
    return Report(tuple(found), cut=frozenset(cut))


def findings_to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Plain data: for a project's settings, or for other programs."""
    return [
        {
            "check": finding.check,
            "classes": list(finding.class_ids),
            "rect": [*_corners(finding.rect)],
            "pixels": finding.pixels,
            "text": finding.text,
        }
        for finding in findings
    ]


def findings_from_json(kept: Iterable[Mapping[str, Any]]) -> frozenset[Finding]:
    """What :func:`findings_to_json` wrote; what is damaged is left out, and so found again."""
    return frozenset(filter(None, map(_finding, kept)))


def _finding(kept: Any) -> Finding | None:
    try:
        rect = Rect(*(int(value) for value in kept["rect"]))
        classes = tuple(int(value) for value in kept["classes"])
        return Finding(str(kept["check"]), classes, rect, int(kept["pixels"]), str(kept["text"]))
    except (KeyError, TypeError, ValueError):
        return None


def _place(finding: Finding) -> tuple[int, tuple[int, int, int, int]]:
    """In the order of the checks, and from the top of the picture down."""
    return registry.get(finding.check).order, _corners(finding.rect)


def _corners(rect: Rect) -> tuple[int, int, int, int]:
    return rect.top, rect.left, rect.bottom, rect.right
