"""Label files: exact, whole, and honest about what does not fit."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import Project
from segstudio.project.census import Census
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout

SHAPE = (150, 200)
CLASSES = ClassTable.of_names(["sky", "road", "car"])
Paint = Callable[..., LabelMap]


@given(st.data(), arrays.array_shapes(min_dims=2, max_dims=2, max_side=30))
def test_label_maps_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, shape: tuple[int, int]
) -> None:
    ids = data.draw(arrays.arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, VOID])))
    provenance = data.draw(arrays.arrays(np.uint8, shape, elements=st.integers(0, 2)))
    provenance[(ids != VOID) & (provenance == 0)] = 1
    folder = tmp_path_factory.mktemp("store")
    store = LabelStore(Layout(folder, folder))
    label_map = LabelMap(ids, provenance)
    store.save("frame", label_map, CLASSES)
    found = store.load("frame", shape, CLASSES)
    assert np.array_equal(found.ids, ids)
    assert np.array_equal(found.provenance, provenance)
    assert store.census("frame") == store.count("frame") == Census.of(label_map)
    # Any other program sees the ids, in the colours of their classes.
    with Image.open(folder / "labels" / "frame.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), ids)
        assert tuple(image.getpalette()[3:6]) == CLASSES.classes[1].colour


def test_frames_without_a_label_file_are_blank(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        assert not project.has_labels("a")
        blank = project.load_labels("a", SHAPE)
    assert (blank.ids == VOID).all()
    assert (blank.provenance == Provenance.NOBODY).all()


def test_labels_from_elsewhere_count_as_a_humans(project_folder: Path, painted: Paint) -> None:
    ids = painted().ids
    (project_folder / "labels").mkdir()
    Image.fromarray(ids).save(project_folder / "labels" / "a.png")
    with Project.open(project_folder) as project:
        found = project.load_labels("a", SHAPE)
    assert np.array_equal(found.ids, ids)
    assert np.array_equal(found.human(), ids != VOID)


def test_what_another_program_painted_counts_as_a_humans(
    project_folder: Path, painted: Paint
) -> None:
    label_map = painted()
    with Project.open(project_folder) as project:
        project.save_labels("a", label_map)
        changed = label_map.ids.copy()
        changed[:50] = 1
        Image.fromarray(changed).save(project_folder / "labels" / "a.png")
        found = project.load_labels("a", SHAPE)
    nobody = label_map.provenance[:50] == Provenance.NOBODY
    assert (found.provenance[:50][nobody] == Provenance.HUMAN).all()
    assert np.array_equal(found.provenance[:50][~nobody], label_map.provenance[:50][~nobody])


def _refused(folder: Path, reason: str) -> None:
    with Project.open(folder) as project:
        with pytest.raises(SegStudioError, match=reason) as caught:
            project.load_labels("a", SHAPE)
        assert caught.value.remedy
        assert project.load_labels("b", SHAPE).shape == SHAPE


def test_label_files_that_do_not_fit_are_named(project_folder: Path, painted: Paint) -> None:
    path = project_folder / "labels" / "a.png"
    path.parent.mkdir()
    Image.fromarray(painted(0, (100, 120)).ids).save(path)
    _refused(project_folder, r"a\.png: has 120 x 100 pixels, and the picture 200 x 150")
    Image.fromarray(np.full(SHAPE, 9, np.uint8)).save(path)
    _refused(project_folder, r"a\.png: holds ids that are no class of this project: 9")
    Image.new("RGB", SHAPE[::-1]).save(path)
    _refused(project_folder, r"a\.png: holds colours and not class ids")
    path.write_bytes(path.read_bytes()[:-20])
    _refused(project_folder, r"a\.png: cannot be read: it is cut off")
    path.write_bytes(b"")
    _refused(project_folder, r"a\.png: is empty")
    path.unlink()
    path.mkdir()
    _refused(project_folder, r"a\.png: cannot be read")


def test_provenance_that_does_not_fit_is_named(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
    path = project_folder / "provenance" / "a.png"
    Image.fromarray(np.zeros((3, 3), np.uint8)).save(path)
    _refused(project_folder, r"provenance.a\.png: does not fit the label file of the same name")
    Image.fromarray(np.full(SHAPE, 3, np.uint8)).save(path)
    _refused(project_folder, "does not fit the label file")
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    _refused(project_folder, r"provenance.a\.png: cannot be read")


@pytest.mark.parametrize("failing_sync", range(2, 4))  # the first is the history's
def test_a_save_that_fails_loses_neither_old_labels_nor_new_strokes(
    project_folder: Path, painted: Paint, monkeypatch: pytest.MonkeyPatch, failing_sync: int
) -> None:
    from segstudio.core.history import TileState

    old, new = painted(1), painted(2)
    tiles = tuple(TileState.of(new, row, column) for row in range(2) for column in range(2))
    with Project.open(project_folder) as project:
        project.save_labels("a", old)
        project.journal_append("a", SHAPE, tiles)
        with monkeypatch.context() as patch:
            calls = iter(range(1, 99))

            def fail(handle: int, real: Callable[[int], None] = os.fsync) -> None:
                if next(calls) == failing_sync:
                    raise OSError(28, "No space left on device")
                real(handle)

            patch.setattr(os, "fsync", fail)
            with pytest.raises(SegStudioError, match="Free some room"):
                project.save_labels("a", new)
        assert np.array_equal(project.load_labels("a", SHAPE).ids, old.ids)
        assert np.array_equal(project.load_labels("a", SHAPE).provenance, old.provenance)
    with Project.open(project_folder) as project:
        assert project.recovered == ("a",)
        assert np.array_equal(project.load_labels("a", SHAPE).ids, new.ids)
        assert np.array_equal(project.load_labels("a", SHAPE).provenance, new.provenance)


def test_leftovers_of_a_killed_writer_go_at_the_next_opening(project_folder: Path) -> None:
    (project_folder / "labels").mkdir()
    for folder in (project_folder, project_folder / "labels"):
        (folder / f".{'0' * 32}.tmp").write_bytes(b"half a file")
    Project.open(project_folder).close()
    assert not list(project_folder.rglob("*.tmp"))
