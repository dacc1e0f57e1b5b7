"""Check all labels of a project for what is seldom meant: specks, slivers, forbidden neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from segstudio.core.errors import SegStudioError
from segstudio.core.lint import registry
from segstudio.core.lint.parts.report import Report, inspect
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.progress import Progress
from segstudio.project import Project, Status
from segstudio.project.lint_choices import load_ignored, load_rules, subject_of


@dataclass(frozen=True, slots=True)
class LintRequest:
    """What to check.

    Attributes
    ----------
    project
        The project's folder. Its own rules hold, and what was ignored in the window stays so.
    specks
        Pieces of fewer pixels than this are specks; None for the project's own number.
    """

    project: Path
    specks: int | None = None


@dataclass(frozen=True, slots=True)
class FrameReport:
    """What was found in one frame; ``failure`` says why it could not be checked."""

    name: str
    report: Report = field(default_factory=Report)
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was found in all labelled frames, and in those that are marked as done."""

    frames: tuple[FrameReport, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found, and every frame could be read."""
        return not any(frame.report.findings or frame.failure for frame in self.frames)

    @property
    def summary(self) -> str:
        """One sentence for people."""
        every = Report.of_all(frame.report for frame in self.frames)
        checked = sum(not frame.failure for frame in self.frames)
        return f"{checked} frame{'s' * (checked != 1)} checked: {every.summary}."


def lint_project(request: LintRequest) -> Iterator[Progress]:
    """Check every frame that has labels or is marked as done. Nothing is changed.

    Yields
    ------
    :class:`Progress` with each frame's :class:`FrameReport`; the last one's payload is a
    :class:`ProjectReport`.

    Raises
    ------
    SegStudioError
        Where there is no project, or its rules are damaged.
    """
    with Project.open(request.project) as project:
        project.let_others_write()
        rules = _rules(project, request.specks)
        names = [entry.name for entry in project.entries if _wanted(project, entry.name)]
        reports = []
        for done, name in enumerate(names, 1):
            reports.append(_checked(project, name, rules))
            yield Progress(done, len(names), f"Checking {name}", reports[-1])
    report = ProjectReport(tuple(reports))
    yield Progress(len(names), len(names), report.summary, report)


def _rules(project: Project, size: int | None) -> LintRules:
    rules, spec = load_rules(project), registry.get("specks")
    if size is None:
        return rules
    options = replace(rules.options_of(spec), size=size)
    return rules.switched(spec.name, on=True).with_options(spec.name, options)


def _wanted(project: Project, name: str) -> bool:
    return project.status(name) != Status.UNLABELLED


def _checked(project: Project, name: str, rules: LintRules) -> FrameReport:
    try:
        label_map = project.load_labels(name, project.frame_shape(name))
    except SegStudioError as error:
        return FrameReport(name, failure=str(error))
    subject = subject_of(project, name, label_map)
    return FrameReport(name, inspect(subject, rules).ignoring(load_ignored(project, name)))
