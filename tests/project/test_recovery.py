"""After a crash: strokes come back, and those that do not fit are kept and told."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.history import TileState
from segstudio.core.label_map import VOID, LabelMap
from segstudio.project import Project, Status
from segstudio.project.journal import Journal, Record

SHAPE = (150, 200)
ALL_TILES = ((0, 0), (0, 1), (1, 0), (1, 1))
Paint = Callable[..., LabelMap]
Draw = Callable[..., Path]


def _states(label_map: LabelMap, *tiles: tuple[int, int]) -> tuple[TileState, ...]:
    return tuple(TileState.of(label_map, *tile) for tile in tiles or ALL_TILES)


def _leave_strokes(folder: Path, name: str, label_map: LabelMap, *tiles: tuple[int, int]) -> Path:
    """What a process that died has left."""
    journal = Journal(folder / ".segstudio" / "journal")
    journal.append(Record(name, label_map.shape, _states(label_map, *tiles)))
    return journal.path(name)


def test_strokes_come_back_over_the_saved_labels(project_folder: Path, painted: Paint) -> None:
    old, new = painted(1), painted(2)
    with Project.open(project_folder) as project:
        project.save_labels("a", old)
        project.journal_append("a", SHAPE, _states(new, (0, 1)))
        project.journal_append("b", SHAPE, _states(new))
    with Project.open(project_folder) as project:
        assert project.recovered == ("a", "b")
        assert project.notices == ()
        assert project.status("b") == Status.EDITED
        mixed = project.load_labels("a", SHAPE)
        assert np.array_equal(project.load_labels("b", SHAPE).provenance, new.provenance)
    wanted = old.ids.copy()
    wanted[:128, 128:] = new.ids[:128, 128:]
    assert np.array_equal(mixed.ids, wanted)
    with Project.open(project_folder) as project:
        assert project.recovered == ()


def test_strokes_that_were_saved_do_not_come_back(project_folder: Path, painted: Paint) -> None:
    early, late = painted(1), painted(2)
    with Project.open(project_folder) as project:
        project.journal_append("a", SHAPE, _states(early))
        mark = project.journal_mark("a")
        project.journal_append("a", SHAPE, _states(late, (0, 0)))
        project.save_labels("a", early, mark)  # a copy of before the last stroke
    with Project.open(project_folder) as project:
        assert project.recovered == ("a",)
        project.save_labels("a", late)
    with Project.open(project_folder) as project:
        assert project.recovered == ()


def test_strokes_of_another_size_are_kept_and_told(
    project_folder: Path, painted: Paint, draw: Draw
) -> None:
    with Project.open(project_folder) as project:
        project.journal_append("a", SHAPE, _states(painted()))
    draw(project_folder / "a.png", (90, 100))
    with Project.open(project_folder) as project:
        assert project.recovered == ()
        (notice,) = project.notices
        assert "the picture of a had another size" in notice
        kept = project_folder / ".segstudio" / "set-aside" / "a.journal"
        assert str(kept) in notice
        assert kept.exists()
        assert (project.load_labels("a", (90, 100)).ids == VOID).all()
    with Project.open(project_folder) as project:
        assert project.notices == ()


def test_strokes_on_a_damaged_label_file_are_kept_and_told(
    project_folder: Path, painted: Paint
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted(1))
        for _ in range(2):
            (project_folder / "labels" / "a.png").write_bytes(b"broken")
            project.journal_append("a", SHAPE, _states(painted(2)))
            project.close()
            project = Project.open(project_folder)
            assert "is no PNG file" in project.notices[0]
        project.close()
    kept = sorted(path.name for path in (project_folder / ".segstudio" / "set-aside").iterdir())
    assert kept == ["a-2.journal", "a.journal"]
    assert (project_folder / "labels" / "a.png").read_bytes() == b"broken"


def test_a_damaged_journal_gives_what_it_can_and_is_kept(
    project_folder: Path, painted: Paint
) -> None:
    path = _leave_strokes(project_folder, "a", painted(1))
    path.write_bytes(path.read_bytes() + b"rubbish that is no record")
    (path.parent / "z.journal").write_bytes(b"nothing but rubbish, for long enough")
    (path.parent / "torn.journal").write_bytes(b"SGJ1")
    with Project.open(project_folder) as project:
        assert project.recovered == ("a",)
        assert len(project.notices) == 2
        assert np.array_equal(project.load_labels("a", SHAPE).ids, painted(1).ids)
    assert not list(path.parent.iterdir())


def test_strokes_of_a_picture_that_is_gone_are_saved(project_folder: Path, painted: Paint) -> None:
    _leave_strokes(project_folder, "a", painted(1))
    (project_folder / "a.png").unlink()
    with Project.open(project_folder) as project:
        assert project.recovered == ("a",)
    with Image.open(project_folder / "labels" / "a.png") as image:
        assert np.array_equal(np.asarray(image), painted(1).ids)


@pytest.mark.parametrize("name", ["../../evil", "..", "a/b"])
def test_a_hostile_journal_writes_nowhere_else(
    project_folder: Path, painted: Paint, name: str
) -> None:
    journal = Journal(project_folder / ".segstudio" / "journal")
    journal.append(Record("x", SHAPE, _states(painted())))
    path = journal.path("x")
    path.write_bytes(Record(name, SHAPE, _states(painted())).pack())
    before = {p for p in project_folder.parent.rglob("*") if p.suffix == ".png"}
    with Project.open(project_folder) as project:
        assert "is no name of a frame" in project.notices[0]
    assert {p for p in project_folder.parent.rglob("*") if p.suffix == ".png"} == before


def test_tiles_that_lie_outside_are_kept_and_told(project_folder: Path, painted: Paint) -> None:
    journal = Journal(project_folder / ".segstudio" / "journal")
    far = TileState(7, 7, TileState.of(painted(), 0, 0).packed)
    journal.append(Record("a", SHAPE, (far,)))
    with Project.open(project_folder) as project:
        assert project.recovered == ()
        assert len(project.notices) == 1
        assert not project.has_labels("a")


def test_a_reader_leaves_the_writers_journal_alone(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as writer:
        writer.journal_append("a", SHAPE, _states(painted()))
        with Project.open(project_folder) as reader:
            assert reader.recovered == ()
        writer.save_labels("a", painted())
        assert np.array_equal(writer.load_labels("a", SHAPE).ids, painted().ids)


# --- killed in the midst of it -------------------------------------------------------------------

_PAINT_ON = """
import sys
from pathlib import Path
import numpy as np
from segstudio.core.history import TileState
from segstudio.core.label_map import LabelMap
from segstudio.project import Project

project = Project.open(Path(sys.argv[1]))
label_map = LabelMap.blank((150, 200))
label_map.provenance[:] = 2
for stroke in range(1_000_000):
    label_map.ids[:] = stroke % 3
    label_map.ids.reshape(-1)[: stroke % 30_000] = (stroke + 1) % 3
    tiles = tuple(TileState.of(label_map, r, c) for r in (0, 1) for c in (0, 1))
    project.journal_append("a", (150, 200), tiles)
    print(stroke, flush=True)
    if stroke % 5 == 4:
        project.save_labels("a", label_map)
"""


def _state_after(stroke: int) -> np.ndarray:
    ids = np.full(150 * 200, stroke % 3, np.uint8)
    ids[: stroke % 30_000] = (stroke + 1) % 3
    return ids.reshape(150, 200)


@pytest.mark.parametrize("seconds", [0.02, 0.07, 0.15])
def test_a_killed_process_loses_no_stroke_that_it_had_reported(
    project_folder: Path, seconds: float
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PAINT_ON, str(project_folder)], stdout=subprocess.PIPE, text=True
    ) as painter:
        assert painter.stdout is not None
        reported = [painter.stdout.readline()]
        time.sleep(seconds)
        painter.kill()
        reported += painter.stdout.readlines()
    last = max(int(line) for line in reported if line.endswith("\n"))
    with Project.open(project_folder) as project:
        assert not project.read_only
        assert project.notices == ()
        found = project.load_labels("a", SHAPE)
        assert project.status("a") == Status.EDITED
    # The very last stroke may have reached the journal without being reported.
    assert any(np.array_equal(found.ids, _state_after(stroke)) for stroke in (last, last + 1))
    assert found.human().all()
