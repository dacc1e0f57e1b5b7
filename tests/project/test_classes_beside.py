"""A class table that lies beside the pictures."""

from pathlib import Path

from PIL import Image

from segstudio.project import Project


def test_a_new_project_takes_the_class_table_beside_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "images" / "a.png")
    (tmp_path / "classes.txt").write_text("road\nsky\n")
    with Project.open(tmp_path) as project:
        assert project.classes.names == ("road", "sky")
        project.classes = project.classes.added("car")
    with Project.open(tmp_path) as project:
        assert project.classes.names == ("road", "sky", "car")


def test_a_damaged_class_table_beside_the_pictures_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "classes.json").write_text("{")
    with Project.open(tmp_path) as project:
        assert len(project.classes) == 0
        assert any("classes.json" in notice for notice in project.notices)
