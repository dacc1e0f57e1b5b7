"""The sample folders: usable datasets, and never at the cost of somebody's files."""

import json
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.formats import indexed_png
from segstudio.formats.parts.class_files import classes_beside
from segstudio.imaging import find_pictures, open_source
from segstudio.samples import cells, scenes
from segstudio.training.folders import MaskFolder
from segstudio.workflows.draw_sample import SampleFolders, draw_sample


def draw(folder: Path, scenes: int = 1, cells: int = 1, seed: int = 3) -> Progress:
    *_, last = draw_sample(folder, scenes, cells, seed)
    return last


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "a folder with spaces"
    draw(folder, scenes=2, cells=4)
    return folder


def test_the_last_progress_says_where_everything_is(tmp_path: Path) -> None:
    last = draw(tmp_path, scenes=1, cells=0)
    assert last.payload == SampleFolders(tmp_path / "scenes", None)
    assert last.fraction == 1.0
    assert not (tmp_path / "cells").exists()


@pytest.mark.parametrize(
    ("name", "table", "count"), [("scenes", scenes.CLASSES, 2), ("cells", cells.CLASSES, 4)]
)
def test_each_folder_is_a_dataset_with_its_class_table(
    drawn: Path, name: str, table: object, count: int
) -> None:
    dataset = MaskFolder.open(drawn / name)
    assert len(dataset.pairs) == count
    assert not dataset.left_out
    assert classes_beside(drawn / name) == table
    for _, picture, mask in dataset.pairs:
        ids = indexed_png.decode(mask.read_bytes(), mask)
        assert open_source(picture).frame(0).pixels.shape[:2] == ids.shape


def test_masks_hold_the_very_ids_that_were_drawn(drawn: Path) -> None:
    mask = drawn / "cells" / "masks" / "cells_0002.png"
    np.testing.assert_array_equal(
        indexed_png.decode(mask.read_bytes(), mask), cells.draw_cells(3, 1).ids
    )


def test_pictures_of_cells_come_through_unchanged_in_8_and_16_bits(drawn: Path) -> None:
    pictures = find_pictures(drawn / "cells" / "images")
    for index, path in enumerate(pictures):
        pixels = open_source(path).frame(0).pixels
        np.testing.assert_array_equal(pixels, cells.draw_cells(3, index).picture)
    assert {path.suffix for path in pictures} == {".png", ".tif"}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    drawn: Path, tmp_path: Path
) -> None:
    draw(tmp_path / "same", scenes=1, cells=1)
    same, all_of_them = contents(tmp_path / "same"), contents(drawn)
    assert same == {name: all_of_them[name] for name in same}
    draw(tmp_path / "other", scenes=1, cells=1, seed=4)
    other = contents(tmp_path / "other")
    assert set(other) == set(same)
    assert all(other[name] != same[name] for name in same)


def test_asking_again_adds_what_is_missing_and_touches_nothing_else(tmp_path: Path) -> None:
    draw(tmp_path, scenes=1, cells=2)
    changed = tmp_path / "cells" / "masks" / "cells_0001.png"
    changed.write_bytes(b"my own correction")
    (tmp_path / "cells" / "masks" / "cells_0002.png").unlink()
    (tmp_path / "scenes" / "project.json").write_text("{}")
    before = contents(tmp_path)
    draw(tmp_path, scenes=1, cells=3)
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
    stems = sorted(path.stem for path in (tmp_path / "cells" / "masks").iterdir())
    assert stems == ["cells_0001", "cells_0002", "cells_0003"]


def test_stopping_half_way_leaves_whole_files_that_are_gone_on_from(tmp_path: Path) -> None:
    work = draw_sample(tmp_path, 0, 3, 3)
    while next(work).done < 1:
        pass
    work.close()
    names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(names) == ["cells_0001.png", "cells_0001.png", "classes.json"]
    draw(tmp_path, scenes=0, cells=3)
    assert len(MaskFolder.open(tmp_path / "cells").pairs) == 3


@pytest.mark.parametrize("name", ["scenes", "cells"])
@pytest.mark.parametrize("file", ["holiday.jpg", "classes.json", "images/street_0001.jpg"])
def test_a_folder_with_other_content_is_refused_before_anything_is_drawn(
    tmp_path: Path, name: str, file: str
) -> None:
    mine = tmp_path / name / file
    mine.parent.mkdir(parents=True)
    mine.write_text('{"classes": ["sheep"]}')
    before = contents(tmp_path)
    with pytest.raises(SegStudioError, match=r"something else.*Choose another folder") as caught:
        draw(tmp_path)
    assert caught.value.subject == str(tmp_path / name)
    assert contents(tmp_path) == before


def test_samples_of_another_seed_are_not_mixed_in(tmp_path: Path) -> None:
    draw(tmp_path, scenes=0, cells=1, seed=1)
    with pytest.raises(SegStudioError, match="holds samples of seed 1"):
        draw(tmp_path, scenes=0, cells=2, seed=2)
    drawn = json.loads((tmp_path / "cells" / "classes.json").read_text())["drawn"]
    assert drawn["seed"] == 1


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenes").write_text("not a folder")
    with pytest.raises(SegStudioError, match="scenes"):
        draw(tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SegStudioError) as caught:
        draw(tmp_path / "file" / "samples")
    assert str(tmp_path / "file" / "samples") in caught.value.subject
    assert caught.value.remedy


@pytest.mark.parametrize("wanted", [(0, 0, 1), (-1, 4, 1), (1, 1, -1)])
def test_nonsense_is_refused(tmp_path: Path, wanted: tuple[int, int, int]) -> None:
    with pytest.raises(SegStudioError):
        draw(tmp_path, *wanted)
    assert not list(tmp_path.iterdir())
