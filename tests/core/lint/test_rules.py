"""Which checks are wanted, as a project keeps it, and what all of them say together."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap
from segstudio.core.lint import in_order
from segstudio.core.lint.parts import report
from segstudio.core.lint.parts.class_sets import ClassPairs, ClassSet
from segstudio.core.lint.parts.report import findings_from_json, findings_to_json, inspect
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.parts.spec import Subject
from segstudio.core.lint.slivers import SliversOptions
from segstudio.core.lint.specks import SpecksOptions
from segstudio.core.lint.touching import TouchingOptions

ids = st.integers(0, 254)
every_rules = st.builds(
    lambda on_save, off, size, thin, pairs: LintRules(
        on_save,
        frozenset(off),
        {
            "specks": SpecksOptions(size),
            "slivers": SliversOptions(thin=ClassSet(thin)),
            "touching": TouchingOptions(ClassPairs(pairs)),
        },
    ),
    st.booleans(),
    st.sets(st.sampled_from([spec.name for spec in in_order()])),
    st.integers(2, 10_000),
    st.sets(ids),
    st.sets(st.tuples(ids, ids)),
)


def same(one: LintRules, other: LintRules) -> bool:
    kept = all(one.options_of(spec) == other.options_of(spec) for spec in in_order())
    return kept and (one.on_save, one.off) == (other.on_save, other.off)


@given(every_rules)
def test_rules_come_back_from_json(rules: LintRules) -> None:
    assert same(LintRules.from_json(json.loads(json.dumps(rules.to_json()))), rules)


@given(every_rules, st.sets(ids))
def test_rules_forget_classes_that_are_gone(rules: LintRules, known: set[int]) -> None:
    left = rules.limited_to(known)
    assert left.options["slivers"].thin == rules.options["slivers"].thin & known
    pairs = {pair for pair in rules.options["touching"].forbidden if known.issuperset(pair)}
    assert left.options["touching"].forbidden == pairs


def test_pairs_have_no_order_and_no_class_twice() -> None:
    assert ClassPairs([(2, 1), (1, 2), (3, 3)]) == {(1, 2)}


@pytest.mark.parametrize(
    "kept",
    [
        {},
        [],
        {"on_save": 1, "checks": {}},
        {"on_save": True, "checks": {"specks": {"size": 1}}},
        {"on_save": True, "checks": {"specks": {"size": "9"}}},
        {"on_save": True, "checks": {"specks": 5}},
        {"on_save": True, "checks": {"slivers": {"thin": [255]}}},
        {"on_save": True, "checks": {"touching": {"forbidden": [[1]]}}},
    ],
)
def test_damaged_rules_are_told(kept: object) -> None:
    with pytest.raises(SegStudioError, match="damaged"):
        LintRules.from_json(kept)  # type: ignore[arg-type]


def test_checks_of_later_versions_have_their_defaults() -> None:
    assert same(LintRules.from_json({"on_save": True, "checks": {}}), LintRules())


@pytest.fixture
def dotted() -> Subject:
    """A plain picture with three dots and one line."""
    plane = np.zeros((40, 40), np.uint8)
    plane[5, 5:35:10] = 1
    plane[20, 5:35] = 2
    classes = ClassTable.of_names(("road", "sky", "car"))
    return Subject(LabelMap(plane, np.zeros_like(plane)), classes)


def test_a_report_counts_and_leaves_out_what_is_ignored(dotted: Subject) -> None:
    all_of_it = inspect(dotted, LintRules())
    assert all_of_it.summary == "3 specks, 1 sliver"
    assert [finding.text for finding in all_of_it.findings[-2:]] == [
        "Speck of sky, 1 pixel",
        "Sliver of car, 30 pixels",
    ]
    kept = json.loads(json.dumps(findings_to_json(all_of_it.findings[1:])))
    rest = all_of_it.ignoring(findings_from_json(kept))
    assert (rest.summary, rest.ignored) == ("1 speck", all_of_it.findings[1:])
    assert rest.ignoring(()) == all_of_it
    assert inspect(dotted, LintRules(off=frozenset({"specks", "slivers"}))).summary == (
        "nothing found"
    )


def test_other_names_do_not_bring_ignored_findings_back(dotted: Subject) -> None:
    ignored = inspect(dotted, LintRules()).findings
    renamed = Subject(dotted.label_map, dotted.classes.changed(1, name="heaven"))
    assert inspect(renamed, LintRules()).ignoring(ignored).findings == ()


@pytest.mark.parametrize("damage", [{"rect": [1, 2]}, {"pixels": None}, {"classes": 3}])
def test_damaged_findings_are_left_out(dotted: Subject, damage: dict[str, object]) -> None:
    kept = findings_to_json(inspect(dotted, LintRules()).findings)
    kept[0].update(damage)
    assert len(findings_from_json(kept)) == len(kept) - 1


def test_nobody_is_told_more_than_can_be_read(
    dotted: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST", 2)
    assert inspect(dotted, LintRules()).summary == "2+ specks, 1 sliver"
