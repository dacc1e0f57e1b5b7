"""What is known of a frame: counts from its pixels, and words that only the user can say."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import FrameRecord, Project, Status
from segstudio.project.census import Census
from segstudio.project.labels import LabelStore

SHAPE = (150, 200)
Paint = Callable[..., LabelMap]


def _record(folder: Path, name: str = "a") -> FrameRecord:
    with Project.open(folder) as project:
        return project.record(name)


# --- counts --------------------------------------------------------------------------------------


def test_a_frame_that_nobody_touched(project_folder: Path) -> None:
    assert _record(project_folder) == FrameRecord()


def test_saving_counts_what_is_a_humans_and_which_classes_there_are(
    project_folder: Path, painted: Paint
) -> None:
    label_map = painted()
    with Project.open(project_folder) as project:
        project.save_labels("a", label_map)
        assert project.record("a").corrected == int(label_map.human().sum())
        assert project.record("a").classes == {0, 1, 2}
        label_map.provenance[label_map.provenance == Provenance.HUMAN] = Provenance.MODEL
        label_map.ids[label_map.ids == 1] = 2
        project.save_labels("a", label_map)  # as after undo: it counts as if never painted
        assert (project.record("a").corrected, project.record("a").classes) == (0, {0, 2})
    assert _record(project_folder).corrected == 0


def test_a_lost_index_costs_no_count_and_decodes_nothing(
    project_folder: Path, painted: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
    before = _record(project_folder)
    shutil.rmtree(project_folder / ".segstudio")
    monkeypatch.delattr(LabelStore, "read")
    assert _record(project_folder) == before


def test_what_another_program_paints_over_is_counted_anew(
    project_folder: Path, painted: Paint
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        Image.fromarray(np.full(SHAPE, 1, np.uint8)).save(project_folder / "labels" / "a.png")
        project.refresh()
        assert project.record("a").classes == {1}


def test_remapping_counts_anew(project_folder: Path, painted: Paint) -> None:
    lookup = np.arange(256, dtype=np.uint8)
    lookup[1] = 2
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.remap(lookup)
        assert project.record("a").classes == {0, 2}


def test_labels_that_are_gone_count_nothing_but_the_time_stays(
    project_folder: Path, painted: Paint
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.add_time("a", 4.0)
        (project_folder / "labels" / "a.png").unlink()
        project.refresh()
        assert project.record("a") == FrameRecord(seconds=4.0)


@given(
    st.builds(
        Census,
        st.sampled_from(Status),
        st.integers(0, 10**9),
        st.frozensets(st.integers(0, 254)),
    ),
    st.integers(0, 10**9),
)
def test_a_census_comes_back_from_its_remark(census: Census, size: int) -> None:
    assert Census.from_remark(census.remark(size), size) == census
    with pytest.raises(ValueError, match="bytes"):
        Census.from_remark(census.remark(size), size + 1)


# --- an index and label files of the time before there were counts -------------------------------


@pytest.fixture
def old_folder(project_folder: Path, painted: Paint) -> Path:
    """As SegStudio left it when the index was of version 1 and files told their status alone."""
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.set_uncertainty("a", 0.25)
        project.add_time("a", 90.0)
    provenance = project_folder / "provenance" / "a.png"
    with Image.open(provenance) as image:
        image.load()
    provenance.write_bytes(_with_remark(image, "edited"))
    with sqlite3.connect(project_folder / ".segstudio" / "index.sqlite") as index:
        for column in ("corrected", "classes"):
            index.execute(f"ALTER TABLE frames DROP COLUMN {column}")
        index.execute("PRAGMA user_version = 1")
    index.close()
    return project_folder


def _with_remark(image: Image.Image, remark: str) -> bytes:
    import io

    from PIL.PngImagePlugin import PngInfo

    text, file = PngInfo(), io.BytesIO()
    text.add_text("SegStudio", remark)
    image.save(file, "PNG", pnginfo=text)
    return file.getvalue()


def test_an_older_index_keeps_its_times_and_is_counted_later(
    old_folder: Path, painted: Paint
) -> None:
    for _ in range(2):  # brought up to date, and read as such
        with Project.open(old_folder) as project:
            expected = FrameRecord(Status.EDITED, False, None, 90.0, 0.25, None, None)
            assert project.record("a") == expected
            assert project.uncounted() == ["a"]
    with Project.open(old_folder) as project:
        project.count("a")
        assert project.uncounted() == []
        assert project.record("a").corrected == int(painted().human().sum())
    assert _record(old_folder).classes == {0, 1, 2}


def test_a_reader_of_an_older_index_sees_its_times(old_folder: Path) -> None:
    with Project.open(old_folder) as writer:
        with sqlite3.connect(old_folder / ".segstudio" / "index.sqlite") as index:
            for column in ("corrected", "classes"):
                index.execute(f"ALTER TABLE frames DROP COLUMN {column}")
            index.execute("PRAGMA user_version = 1")
        index.close()
        assert not writer.read_only
        assert _record(old_folder).seconds == 90.0


def test_an_index_of_another_kind_is_built_anew(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
    with sqlite3.connect(project_folder / ".segstudio" / "index.sqlite") as index:
        index.execute("PRAGMA user_version = 77")
    index.close()
    assert _record(project_folder).classes == {0, 1, 2}


def test_a_damaged_label_file_stays_uncounted(project_folder: Path) -> None:
    (project_folder / "labels").mkdir()
    (project_folder / "labels" / "a.png").write_bytes(b"damaged")
    with Project.open(project_folder) as project:
        assert project.record("a") == FrameRecord(Status.EDITED, corrected=None, classes=None)
        project.count("a")
        assert project.uncounted() == ["a"]


# --- flags and empty frames ----------------------------------------------------------------------


def test_flags_are_the_users_and_outlive_the_index(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        project.set_flag("a", "fog: is this a car? „道路“")
        project.set_flag("b", "")
        project.set_flag("c", "wrong")
        project.set_flag("c", None)
        project.set_flag("c", None)
    shutil.rmtree(project_folder / ".segstudio")
    with Project.open(project_folder) as project:
        flags = [project.record(name).flag for name in "abc"]
        assert flags == ["fog: is this a car? „道路“", "", None]


def test_a_flag_that_cannot_be_written_is_not_shown(
    project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Project.open(project_folder) as project:
        project.set_flag("a", "first")
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            with pytest.raises(SegStudioError, match=r"project\.json"):
                project.set_flag("a", "second")
        assert project.record("a").flag == "first"


def test_empty_is_a_kind_of_done_and_goes_with_it(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        project.set_status("a", Status.DONE, empty=True)
        project.set_status("b", Status.DONE, empty=True)
        project.set_status("b", Status.DONE)
        project.set_status("c", Status.EDITED, empty=True)
    shutil.rmtree(project_folder / ".segstudio")
    with Project.open(project_folder) as project:
        records = [project.record(name) for name in "abc"]
        assert [r.empty for r in records] == [True, False, False]
        assert [r.status for r in records] == [Status.DONE, Status.DONE, Status.UNLABELLED]
        project.set_status("a", Status.UNLABELLED)
        project.set_status("a", Status.DONE)
        assert not project.record("a").empty


def test_a_reader_flags_nothing_and_counts_nothing(project_folder: Path) -> None:
    with Project.open(project_folder), Project.open(project_folder) as reader:
        for change in (lambda: reader.set_flag("a", "x"), lambda: reader.count("a")):
            with pytest.raises(SegStudioError, match="read-only"):
                change()


@pytest.mark.parametrize("damage", [{"flags": 3}, {"flags": ["a"]}, {"empty": 1}])
def test_damaged_flags_are_refused_not_lost(project_folder: Path, damage: dict) -> None:
    path = project_folder / "project.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **damage}), "utf-8")
    with pytest.raises(SegStudioError, match="is damaged"):
        Project.open(project_folder)


def test_void_is_no_class(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        labels = LabelMap.blank(SHAPE)
        labels.provenance[:10] = Provenance.HUMAN  # erased by hand: decided to be void
        project.save_labels("a", labels)
        assert project.record("a").classes == frozenset()
        assert project.record("a").corrected == 2000
        assert VOID not in (project.record("a").classes or ())
