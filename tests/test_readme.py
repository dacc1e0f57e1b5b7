"""README says what there is."""

import re
from pathlib import Path

from segstudio import cli, models

README = Path(__file__).parents[1] / "README.md"


def test_its_table_holds_every_architecture_with_its_paper() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", README.read_text("utf-8"), re.M)
    assert dict(rows) == {
        spec.name: f"{spec.paper.authors} {spec.paper.year}" for spec in models.registry
    }


def test_it_names_every_command() -> None:
    text = README.read_text("utf-8")
    for name in cli.command_names():
        assert f"segstudio {name} " in text
