"""Folders of pictures and label maps for the tests of the project."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.project import Project, layout

_SHAPE = (150, 200)


def _draw(path: Path, shape: tuple[int, int] = _SHAPE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", shape[::-1], (90, 120, 60)).save(path)
    return path


@pytest.fixture
def draw() -> Callable[..., Path]:
    """``draw(path, shape=(150, 200))`` makes a picture file."""
    return _draw


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pictures a, b and c, 150 pixels high and 200 wide."""
    monkeypatch.setenv("SEGSTUDIO_DATA", str(tmp_path / "data"))
    for name in ("a.png", "b.png", "c.png"):
        _draw(tmp_path / "größe 道路" / name)
    return tmp_path / "größe 道路"


@pytest.fixture
def project_folder(folder: Path) -> Path:
    """The same as a project with the classes sky 0, road 1 and car 2."""
    with Project.open(folder) as project:
        project.classes = ClassTable.of_names(["sky", "road", "car"])
    return folder


@pytest.fixture
def painted() -> Callable[..., LabelMap]:
    """``painted(seed, shape=(150, 200))``: a label map with ids and provenance of all kinds."""

    def paint(seed: int = 0, shape: tuple[int, int] = _SHAPE) -> LabelMap:
        rng = np.random.default_rng(seed)
        ids = rng.choice(np.array([0, 1, 2, 255], np.uint8), shape)
        provenance = rng.integers(0, 3, shape, dtype=np.uint8)
        ids[provenance == Provenance.NOBODY] = 255  # labels that nobody decided cannot be
        return LabelMap(ids, provenance)

    return paint


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """``unwritable(folder)``: SegStudio may not write there, whoever runs the tests."""
    real = layout.may_write

    def forbid(folder: Path) -> None:
        monkeypatch.setattr(layout, "may_write", lambda path: path != folder and real(path))

    return forbid
