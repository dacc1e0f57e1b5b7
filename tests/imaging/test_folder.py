"""Which files of a folder are pictures, and in which order."""

import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.imaging import SourceError, find_pictures, is_picture, natural_key


def test_natural_order_any_case_and_nothing_else(tmp_path: Path) -> None:
    wanted = ["IMG1.PNG", "img2.jpg", "img10.Jpeg", "img10b.tif", "Zebra.webp", "ä 3.ppm"]
    for name in wanted:
        (tmp_path / name).touch()
    for name in (".hidden.png", "._img2.jpg", "notes.txt", "Thumbs.db", "noending", ".png"):
        (tmp_path / name).touch()
    for name in ("labels", ".segstudio", "folder.png"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inside.png").touch()
    assert [path.name for path in find_pictures(tmp_path)] == wanted
    assert all(path.parent == tmp_path for path in find_pictures(tmp_path))


def test_links_to_pictures_count(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("links need a privilege on Windows")
    (tmp_path / "a.png").touch()
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    (tmp_path / "broken.png").symlink_to(tmp_path / "none.png")
    assert [path.name for path in find_pictures(tmp_path)] == ["a.png", "b.png"]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none: does not exist"):
        find_pictures(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match=r"file: cannot be read"):
        find_pictures(tmp_path / "file")


def test_a_name_says_whether_it_is_a_picture() -> None:
    assert is_picture(Path("a/B.JPG"))
    assert not is_picture(Path("a/.b.jpg"))
    assert not is_picture(Path("a/b.txt"))


@given(st.lists(st.text(min_size=1)), st.randoms())
def test_any_names_have_one_order(names: list[str], random: Random) -> None:
    once = sorted(names, key=natural_key)
    random.shuffle(names)
    assert sorted(names, key=natural_key) == once
