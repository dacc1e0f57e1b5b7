"""Draw sample pictures with exact masks, laid out as datasets."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from segstudio.core.atomic import make_folder, write_bytes, write_together
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.formats.indexed_png import encode
from segstudio.samples import cells as cell_pictures
from segstudio.samples import scenes as street_scenes
from segstudio.samples.sample import Sample

_VERSION = 1  # one more whenever the same seed comes to give other pictures
_CLASSES_FILE = "classes.json"


@dataclass(frozen=True, slots=True)
class SampleFolders:
    """What was drawn: the folders of the street scenes and of the cells, None where not asked."""

    scenes: Path | None
    cells: Path | None


@dataclass(frozen=True)
class _Series:
    """Pictures of one kind in one folder; ``stem`` begins their names."""

    folder: Path
    name: str
    stem: str
    count: int
    classes: ClassTable
    draw: Callable[[int, int], Sample]
    encode: Callable[[Sample, int], tuple[str, bytes]]


def draw_sample(
    folder: Path, scenes: int = 24, cells: int = 8, seed: int = 0
) -> Iterator[Progress]:
    """Draw street scenes into ``folder/scenes`` and cells into ``folder/cells``.

    Each gets ``images/``, ``masks/`` with the true class ids, and ``classes.json``. The same seed
    gives the same pictures; asking again draws only what is missing, and asking for more adds to
    what is there. No file is ever overwritten.

    Yields
    ------
    :class:`Progress` per picture; the last one's payload is :class:`SampleFolders`.

    Raises
    ------
    SegStudioError
        Where there is nothing to draw, one of the two folders holds something else, or cannot be
        written.
    """
    wanted = [series for series in _all_series(folder, scenes, cells) if series.count]
    _refuse_nonsense(wanted, seed)
    for series in wanted:
        _refuse_foreign(series, seed)
    total = sum(series.count for series in wanted)
    yield Progress(0, total, f"Drawing into {folder}")
    done = 0
    for series in wanted:
        _begin(series, seed)
        for index in range(series.count):
            name = _draw(series, seed, index)
            done += 1
            yield Progress(done, total, f"Drew {name}")
    made = {series.name: series.folder for series in wanted}
    result = SampleFolders(made.get("scenes"), made.get("cells"))
    yield Progress(total, total, f"{total} pictures in {folder}", result)


def _all_series(folder: Path, scenes: int, cells: int) -> tuple[_Series, _Series]:
    return (
        _Series(
            folder / "scenes",
            "scenes",
            "street",
            scenes,
            street_scenes.CLASSES,
            street_scenes.draw_scene,
            _as_photo,
        ),
        _Series(
            folder / "cells",
            "cells",
            "cells",
            cells,
            cell_pictures.CLASSES,
            cell_pictures.draw_cells,
            _as_measured,
        ),
    )


def _refuse_nonsense(wanted: list[_Series], seed: int) -> None:
    if not wanted or any(series.count < 0 for series in wanted):
        raise SegStudioError(
            "sample", "has no pictures to draw", "Ask for one or more scenes or cells."
        )
    if seed < 0:
        raise SegStudioError("seed", f"is {seed}", "It must be 0 or more.")


def _refuse_foreign(series: _Series, seed: int) -> None:
    """Only an empty folder, or one that this very seed was drawn into, may be drawn into."""
    folder = series.folder
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
        drawn = json.loads((folder / _CLASSES_FILE).read_text(encoding="utf-8")).get("drawn")
    except (OSError, ValueError, AttributeError):
        drawn = None
    if drawn == _mark(series, seed):
        return
    if isinstance(drawn, dict) and drawn.get("seed") != seed:
        reason = f"holds samples of seed {drawn.get('seed')}"
    else:
        reason = "is there already and holds something else"
    raise SegStudioError(folder, reason, "Choose another folder, or move this one away.")


def _mark(series: _Series, seed: int) -> dict[str, object]:
    return {"what": series.name, "seed": seed, "version": _VERSION}


def _begin(series: _Series, seed: int) -> None:
    """Make the folders; the class table comes first, because it says whose folder this is."""
    path = series.folder / _CLASSES_FILE
    if not path.exists():
        table = {"classes": series.classes.to_json(), "drawn": _mark(series, seed)}
        write_bytes(path, json.dumps(table, indent=2).encode())
    for name in ("images", "masks"):
        make_folder(series.folder / name)


def _draw(series: _Series, seed: int, index: int) -> str:
    """Draw one picture and its mask unless both are there; gives their stem."""
    stem = f"{series.stem}_{index + 1:04d}"
    mask = series.folder / "masks" / f"{stem}.png"
    pictures = list((series.folder / "images").glob(f"{stem}.*"))
    if mask.exists() and pictures:
        return stem
    sample = series.draw(seed, index)
    suffix, data = series.encode(sample, index)
    files = {
        mask: encode(sample.ids, series.classes),
        series.folder / "images" / f"{stem}{suffix}": data,
    }
    write_together({path: content for path, content in files.items() if not path.exists()})
    return stem


def _as_photo(sample: Sample, index: int) -> tuple[str, bytes]:
    """JPEG, as cameras save it, at a quality that differs from picture to picture."""
    quality = (95, 90, 85, 80)[index % 4]
    picture = cv2.cvtColor(sample.picture, cv2.COLOR_RGB2BGR)
    return ".jpg", _encoded(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])


def _as_measured(sample: Sample, _: int) -> tuple[str, bytes]:
    """PNG, or plain TIFF for 16-bit pictures: no value may change."""
    if sample.picture.dtype.itemsize > 1:
        return ".tif", _encoded(".tif", sample.picture, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    return ".png", _encoded(".png", sample.picture, [])


def _encoded(suffix: str, picture: "cv2.typing.MatLike", settings: list[int]) -> bytes:
    written, data = cv2.imencode(suffix, picture, settings)
    if not written:
        raise SegStudioError(f"sample{suffix}", "could not be encoded by OpenCV")
    return data.tobytes()
