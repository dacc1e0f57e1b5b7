"""Class tables as people write them."""

import json
from pathlib import Path

import pytest

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.formats.parts.class_files import classes_beside, read_classes


def _json(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_one_name_per_line(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("\ufeffroad\r\n\r\n  car \r\n", encoding="utf-8")

    assert read_classes(tmp_path / "names.txt") == ClassTable.of_names(["road", "car"])


@pytest.mark.parametrize("wrap", [False, True])
def test_names_and_entries_in_json(tmp_path: Path, wrap: bool) -> None:
    entries = ["road", {"name": "car", "id": 7, "colour": [1, 2, 3]}, {"name": "sky"}]

    table = read_classes(_json(tmp_path / "c.json", {"classes": entries} if wrap else entries))

    assert [(entry.id, entry.name) for entry in table] == [(0, "road"), (7, "car"), (2, "sky")]
    assert table.classes[1].colour == (1, 2, 3)
    assert table.classes[0].colour == ClassTable.of_names(["road"]).classes[0].colour


def test_a_written_table_comes_back(tmp_path: Path) -> None:
    table = ClassTable((LabelClass(3, "cell", (9, 8, 7), "c"), LabelClass(5, "gap", (1, 1, 1))))

    assert read_classes(_json(tmp_path / "c.json", table.to_json())) == table


@pytest.mark.parametrize(
    "content", [7, [7], [{"id": 1}], {"names": []}, [{"name": "a", "id": "x"}]]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(SegStudioError, match=r"c\.json: holds no class table"):
        read_classes(_json(tmp_path / "c.json", content))


def test_broken_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("[")

    with pytest.raises(SegStudioError, match="holds no class table"):
        read_classes(tmp_path / "c.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match=r"gone\.txt: cannot be read"):
        read_classes(tmp_path / "gone.txt")


def test_a_folder_without_a_table_has_none(tmp_path: Path) -> None:
    assert classes_beside(tmp_path) is None
