"""``segstudio lint``: what it prints, and its exit status."""

from pathlib import Path

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.project import Project

from .conftest import CLASS_NAMES, Call, write_png


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One frame, labelled but for a speck of three pixels."""
    write_png(tmp_path / "one.png", np.zeros((16, 20, 3)))
    with Project.open(tmp_path) as opened:
        opened.classes = ClassTable.of_names(CLASS_NAMES)
        label_map = LabelMap.blank((16, 20))
        label_map.ids[:], label_map.provenance[:] = 0, Provenance.HUMAN
        label_map.ids[4, 5:8] = 1
        opened.save_labels("one", label_map)
    return tmp_path


def test_findings_are_listed_and_the_status_tells_of_them(call: Call, project: Path) -> None:
    answer = call("lint", project)
    assert answer.status == 1, answer.err
    assert "one    Speck of bright, 3 pixels  5, 4" in answer.out
    assert answer.out.endswith("1 frame checked: 1 speck.\n")


def test_a_clean_project_ends_well(call: Call, project: Path) -> None:
    answer = call("lint", project, "--specks", 3)
    assert (answer.status, answer.out) == (0, "1 frame checked: nothing found.\n")


def test_findings_as_json(call: Call, project: Path) -> None:
    answer = call("lint", project, "--json")
    assert answer.status == 1
    assert answer.json() == {
        "clean": False,
        "summary": "1 frame checked: 1 speck.",
        "frames": [
            {
                "name": "one",
                "failure": "",
                "findings": [
                    {
                        "check": "specks",
                        "classes": [1],
                        "rect": [4, 5, 5, 8],
                        "pixels": 3,
                        "text": "Speck of bright, 3 pixels",
                    }
                ],
                "ignored": 0,
            }
        ],
    }


def test_what_is_no_project_is_told_in_one_line(call: Call, tmp_path: Path) -> None:
    answer = call("lint", tmp_path / "nowhere")
    assert answer.status == 1 and "nowhere" in answer.only_line_of_err()
