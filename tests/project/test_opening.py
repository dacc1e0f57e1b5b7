"""Opening a folder: what becomes of it, what is left alone, and what is refused."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.history import TileState
from segstudio.core.label_map import LabelMap
from segstudio.project import Project, Status
from segstudio.project.project_file import FORMAT_VERSION

SHAPE = (150, 200)
Draw = Callable[..., Path]
Paint = Callable[..., LabelMap]


def _names(folder: Path) -> list[str]:
    with Project.open(folder) as project:
        return [entry.name for entry in project.entries]


def test_any_folder_of_pictures_is_a_project(folder: Path) -> None:
    with Project.open(folder) as project:
        assert [entry.name for entry in project.entries] == ["a", "b", "c"]
        assert project.home == project.folder == folder
        assert not project.read_only
        assert (project.initial, project.recovered, project.notices) == ("", (), ())
        assert project.load_frame("b").name == "b"
        assert project.load_frame("b").shape == project.frame_shape("b") == SHAPE
        assert len(project.classes) == 0


def test_looking_leaves_hardly_a_trace_and_working_never_touches_pictures(
    folder: Path, painted: Paint
) -> None:
    pictures = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    Project.open(folder).close()
    assert {path.name for path in folder.iterdir()} - {p.name for p in pictures} == {".segstudio"}
    with Project.open(folder) as project:
        project.classes = ClassTable.of_names(["sky", "road", "car"])
        project.save_labels("a", painted())
        project.thumbnail("b", 32)
        project.set_status("c", Status.DONE)
    assert all((p.read_bytes(), p.stat().st_mtime_ns) == was for p, was in pictures.items())


def test_an_empty_folder_is_a_project_without_frames(tmp_path: Path) -> None:
    assert _names(tmp_path) == []


def test_ten_thousand_pictures_open_without_decoding_one(
    tmp_path: Path, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "0.jpg")
    data = (tmp_path / "0.jpg").read_bytes()
    for number in range(1, 10_000):
        (tmp_path / f"{number}.jpg").write_bytes(data)
    decoded: list[object] = []
    monkeypatch.setattr("cv2.imdecode", lambda *arguments: decoded.append(arguments))
    with Project.open(tmp_path) as project:
        assert len(project.entries) == 10_000
        assert all(project.status(entry.name) == Status.UNLABELLED for entry in project.entries)
    assert not decoded


# --- which pictures, and their names -------------------------------------------------------------


def test_pictures_in_images_come_first_and_alone(folder: Path, draw: Draw) -> None:
    draw(folder / "images" / "x.png")
    assert _names(folder) == ["x"]


def test_a_project_keeps_to_where_its_pictures_were(project_folder: Path, draw: Draw) -> None:
    with Project.open(project_folder) as project:
        project.save_settings()
    draw(project_folder / "images" / "x.png")
    assert _names(project_folder) == ["a", "b", "c"]
    for path in project_folder.glob("*.png"):
        path.unlink()
    assert _names(project_folder) == ["x"]


def test_files_that_share_their_stem_get_names_of_their_own(folder: Path, draw: Draw) -> None:
    for name in ("a.jpg", "A.bmp", "a_png.jpg", "a_jpg.webp"):
        draw(folder / name)
    with Project.open(folder) as project:
        by_file = {entry.source.name: entry.name for entry in project.entries}
    assert len({name.casefold() for name in by_file.values()}) == len(by_file)
    assert by_file["a_png.jpg"] == "a_png"
    assert _names(folder) == list(by_file.values())


def test_names_stay_when_a_file_of_the_same_stem_comes_and_goes(
    project_folder: Path, draw: Draw, painted: Paint
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("b", painted())
    draw(project_folder / "b.bmp")  # before b.png in order, but b.png was labelled as "b"
    with Project.open(project_folder) as project:
        assert project.entry("b").source.name == "b.png"
        assert project.entry("b_bmp").source.name == "b.bmp"
    (project_folder / ".segstudio" / "index.sqlite").unlink()
    (project_folder / "b.png").unlink()
    assert _names(project_folder) == ["a", "b_bmp", "c"]


def test_pages_of_a_stack_are_frames(folder: Path, draw: Draw) -> None:
    stack = np.zeros((3, 20, 30), np.uint8) + np.arange(3, dtype=np.uint8)[:, None, None]
    tifffile.imwrite(folder / "s.tif", stack, photometric="minisblack")
    draw(folder / "s_p002.png")
    for _ in range(2):  # counted, and then remembered
        with Project.open(folder) as project:
            names = [entry.name for entry in project.entries]
            assert names == ["a", "b", "c", "s_p001", "s_p002", "s_p003", "s_p002_2"]
            assert project.load_frame("s_p002").pixels[0, 0] == 1
            assert project.load_frame("s_p002").name == "s_p002"
    with Project.open(folder) as project:
        tifffile.imwrite(folder / "s.tif", stack[:1])
        with pytest.raises(SegStudioError, match=r"s\.tif: has no page 3 any more"):
            project.load_frame("s_p003")


def test_a_damaged_picture_stays_in_the_list(folder: Path) -> None:
    (folder / "bad.tif").write_bytes(b"II*\0 nonsense")
    (folder / "bad.jpg").write_bytes(b"nonsense")
    with Project.open(folder) as project:
        for name in ("bad", "bad_tif"):
            with pytest.raises(SegStudioError, match=r"bad\.(tif|jpg)"):
                project.load_frame(name)
        assert project.load_frame("a").shape == SHAPE


def test_refresh_finds_new_pictures(folder: Path, draw: Draw) -> None:
    with Project.open(folder) as project:
        draw(folder / "d.png")
        (folder / "a.png").unlink()
        project.refresh()
        assert [entry.name for entry in project.entries] == ["b", "c", "d"]
        with pytest.raises(SegStudioError, match="frame 'a': is not in"):
            project.load_frame("a")


# --- what a path means ---------------------------------------------------------------------------


def test_a_picture_means_its_folder(folder: Path) -> None:
    with Project.open(folder / "b.png") as project:
        assert (project.folder, project.initial) == (folder, "b")


def test_the_project_file_and_the_images_mean_the_project(project_folder: Path, draw: Draw) -> None:
    picture = draw(project_folder / "images" / "x.png")
    for path in (project_folder / "project.json", picture.parent, picture):
        with Project.open(path) as project:
            assert project.folder == project_folder
    assert not (project_folder / "images" / ".segstudio").exists()


def test_a_projects_own_folder_is_not_a_project(project_folder: Path) -> None:
    (project_folder / "labels").mkdir()
    with pytest.raises(SegStudioError, match="labels: is a part of the project around it"):
        Project.open(project_folder / "labels")


def test_nothing_and_other_files_are_refused(folder: Path) -> None:
    with pytest.raises(SegStudioError, match="nowhere: does not exist"):
        Project.open(folder / "nowhere")
    (folder / "notes.txt").touch()
    with pytest.raises(SegStudioError, match=r"notes\.txt: is neither a folder nor a picture"):
        Project.open(folder / "notes.txt")


# --- project.json --------------------------------------------------------------------------------


def test_class_table_and_settings_come_back(folder: Path) -> None:
    classes = ClassTable.of_names(["Straße", "道路"]).changed(1, locked=True)
    with Project.open(folder) as project:
        project.classes = classes
        project.settings["model"] = "unet"
        project.save_settings()
    with Project.open(folder) as project:
        assert project.classes == classes
        assert project.settings == {"model": "unet"}


def test_what_a_later_version_wrote_beside_is_kept(project_folder: Path) -> None:
    path = project_folder / "project.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "regions": [1]}), "utf-8")
    with Project.open(project_folder) as project:
        project.save_settings()
    assert json.loads(path.read_text("utf-8"))["regions"] == [1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"segstudio": 1, "classes"', "is damaged"),
        (b"\xff\xfe\0", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "is not a SegStudio project file"),
        (b'{"name": "web-page"}', "is not a SegStudio project file"),
        (b'{"segstudio": 1, "classes": [{"id": 0}]}', "is damaged"),
        (b'{"segstudio": 1, "settings": 3}', "is damaged"),
        (b'{"segstudio": 1, "names": {"a.png": "../../a"}}', "is damaged"),
        (b'{"segstudio": 99}', f"newer SegStudio .format 99; this one knows {FORMAT_VERSION}"),
    ],
)
def test_a_project_file_that_cannot_be_used_is_kept(
    folder: Path, content: bytes, reason: str
) -> None:
    (folder / "project.json").write_bytes(content)
    before = sorted(folder.iterdir())
    with pytest.raises(SegStudioError, match=rf"project\.json: .*{reason}") as caught:
        Project.open(folder)
    assert caught.value.remedy
    assert (folder / "project.json").read_bytes() == content
    assert set(folder.iterdir()) - set(before) <= {folder / ".segstudio"}
    assert not list((folder / ".segstudio").glob("*"))


def test_a_class_table_that_cannot_be_written_is_not_taken(
    project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(project_folder) as project:
        before = project.classes
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", _full_disk)
            with pytest.raises(SegStudioError, match=r"project\.json: cannot be written"):
                project.classes = before.added("tree")
        assert project.classes == before


def _full_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_settings_that_are_no_plain_values_are_refused(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        project.settings["x"] = object()
        with pytest.raises(SegStudioError, match="cannot hold these settings"):
            project.save_settings()


# --- one writer ----------------------------------------------------------------------------------

_HOLD = """
import sys
from pathlib import Path
from segstudio.project import Project
project = Project.open(Path(sys.argv[1]))
print("open", project.read_only, flush=True)
sys.stdin.read()
"""


def test_a_second_process_opens_read_only_until_the_first_is_killed(project_folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(project_folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open False\n"
        with Project.open(project_folder) as project:
            assert project.read_only
            assert f"opened by process {other.pid} on " in project.read_only_reason
            assert " since 20" in project.read_only_reason
        other.kill()
        other.wait()
    with Project.open(project_folder) as project:
        assert not project.read_only


def test_a_reader_sees_what_the_writer_does_and_changes_nothing(
    project_folder: Path, painted: Paint
) -> None:
    with Project.open(project_folder) as writer, Project.open(project_folder) as reader:
        assert reader.read_only
        writer.save_labels("a", painted())
        writer.set_status("b", Status.DONE)
        reader.refresh()
        assert reader.status("a") == Status.EDITED
        assert reader.status("b") == Status.DONE
        assert np.array_equal(reader.load_labels("a", SHAPE).ids, painted().ids)
        before = sorted(project_folder.rglob("*"))
        reader.thumbnail("a", 32)
        for change in _every_change(reader, painted()):
            with pytest.raises(SegStudioError, match="is open read-only: opened by process"):
                change()
        assert sorted(project_folder.rglob("*")) == before
        assert not writer.read_only


def _every_change(project: Project, label_map: LabelMap) -> list[Callable[[], object]]:
    tile = TileState.of(label_map, 0, 0)
    return [
        lambda: project.save_labels("a", label_map),
        lambda: project.journal_append("a", SHAPE, (tile,)),
        lambda: project.set_status("a", Status.DONE),
        lambda: project.add_time("a", 1.0),
        lambda: project.set_uncertainty("a", 0.5),
        lambda: project.remap(np.arange(256, dtype=np.uint8)),
        lambda: project.new_run_folder("unet"),
        lambda: setattr(project, "classes", ClassTable()),
        project.save_settings,
    ]


def test_a_closed_project_writes_no_more(project_folder: Path, painted: Paint) -> None:
    project = Project.open(project_folder)
    project.close()
    project.close()
    for change in _every_change(project, painted()):
        with pytest.raises(SegStudioError, match="it was closed"):
            change()
    with Project.open(project_folder) as again:
        assert not again.read_only


# --- folders that cannot be written --------------------------------------------------------------


def test_work_on_a_folder_that_cannot_be_written_lies_in_the_users_data(
    folder: Path, painted: Paint, unwritable: Callable[[Path], None], tmp_path: Path
) -> None:
    before = sorted(folder.rglob("*"))
    unwritable(folder)
    with Project.open(folder) as project:
        assert project.home.is_relative_to(tmp_path / "data")
        assert "labels are kept in" in project.notices[0]
        assert not project.read_only
        project.classes = ClassTable.of_names(["sky", "road", "car"])
        project.save_labels("a", painted())
    assert sorted(folder.rglob("*")) == before
    with Project.open(folder) as project:
        assert np.array_equal(project.load_labels("a", SHAPE).ids, painted().ids)


def test_work_kept_elsewhere_stays_in_sight_when_the_folder_becomes_writable(
    folder: Path, unwritable: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context():
        unwritable(folder)
        with Project.open(folder) as project:
            project.classes = ClassTable.of_names(["sky"])
            home = project.home
    monkeypatch.undo()
    monkeypatch.setenv("SEGSTUDIO_DATA", str(home.parents[1]))
    with Project.open(folder) as project:
        assert (project.home, project.classes.names) == (home, ("sky",))


def test_a_project_in_a_folder_that_cannot_be_written_is_shown_read_only(
    project_folder: Path, unwritable: Callable[[Path], None]
) -> None:
    unwritable(project_folder)
    with Project.open(project_folder) as project:
        assert project.home == project_folder
        assert project.read_only_reason == "its folder may not be written"
        assert project.classes.names == ("sky", "road", "car")


def test_one_that_only_reads_on_lets_others_write(folder: Path, painted: Paint) -> None:
    with Project.open(folder) as reader:
        reader.classes = ClassTable.of_names(["road"])
        reader.let_others_write()
        assert reader.read_only
        with Project.open(folder) as writer:
            assert not writer.read_only
            assert writer.classes.names == ("road",)
            writer.save_labels("a", painted(0))
        assert reader.load_frame("a").shape == SHAPE
        with pytest.raises(SegStudioError, match="only read here"):
            reader.save_labels("a", painted(0))
