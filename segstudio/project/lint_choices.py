"""What a project's people decided about the checks of its labels."""

from collections.abc import Iterable
from typing import Any

from segstudio.core.label_map import LabelMap
from segstudio.core.lint.parts.report import findings_from_json, findings_to_json
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import Finding, Subject
from segstudio.project.project import Project
from segstudio.project.status import Status

_SETTING, _IGNORED = "lint", "lint_ignored"


def load_rules(project: Project) -> LintRules:
    """Which checks to make, and how.

    Raises
    ------
    SegStudioError
        Where the project file holds something else.
    """
    kept = project.settings.get(_SETTING)
    rules = LintRules() if kept is None else LintRules.from_json(kept)
    return rules.limited_to(project.classes.ids)


def keep_rules(project: Project, rules: LintRules) -> None:
    """Write them into the project file.

    Raises
    ------
    SegStudioError
        Where it cannot be written.
    """
    project.settings[_SETTING] = rules.to_json()
    project.save_settings()


def load_ignored(project: Project, name: str) -> frozenset[Finding]:
    """Findings of a frame that nobody wants to hear of again."""
    return findings_from_json(_all_ignored(project).get(name, ()))


def keep_ignored(project: Project, name: str, findings: Iterable[Finding]) -> None:
    """Exactly these findings of a frame are ignored from now on.

    Raises
    ------
    SegStudioError
        Where the project file cannot be written.
    """
    ignored = {**_all_ignored(project), name: findings_to_json(findings)}
    project.settings[_IGNORED] = {name: kept for name, kept in ignored.items() if kept}
    project.save_settings()


def subject_of(project: Project, name: str, label_map: LabelMap) -> Subject:
    """A frame's labels as checks see them."""
    record = project.record(name)
    done = record.status == Status.DONE and not record.empty
    return Subject(label_map, project.classes, done)


def _all_ignored(project: Project) -> dict[str, Any]:
    kept = project.settings.get(_IGNORED)
    return kept if isinstance(kept, dict) else {}
