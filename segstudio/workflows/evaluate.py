"""Score predicted masks against true ones."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID
from segstudio.core.progress import Progress
from segstudio.formats.parts.class_files import classes_beside, read_classes
from segstudio.training.files import mask_lookup, read_mask
from segstudio.training.folders import black_and_white, nameless_classes
from segstudio.training.metrics import ConfusionMatrix, Scores

_PROJECT_FILE = "project.json"


def evaluate(
    predicted: Path, truth: Path, void: int | None = None, classes: Path | None = None
) -> Iterator[Progress]:
    """Compare masks by stem.

    Parameters
    ----------
    predicted, truth
        Two mask files, or two folders: of 8-bit PNG masks, with a folder ``masks/`` of them, or
        projects (their ``labels/``).
    void
        Mask value that means void besides 255.
    classes
        File with the class table, see :func:`segstudio.formats.parts.class_files.read_classes`.
        Without one: the table beside the truth, else nameless classes for all ids on both sides.

    Yields
    ------
    :class:`Progress` per frame; the last one's payload are the
    :class:`segstudio.training.metrics.Scores`, which also name the frames without a prediction.

    Raises
    ------
    SegStudioError
        Where nothing can be compared, a mask cannot be read, two sizes differ, or ids are not in
        the class table.
    """
    pairs, missing = _pairs(predicted, truth)
    void_ids = () if void is None else (void,)
    table = read_classes(classes) if classes else _table_of(truth)
    if table is not None:
        for class_id in void_ids:
            table = table.without(class_id)
    lookup = mask_lookup(void_ids)
    matrix = ConfusionMatrix(table)
    for name in missing:
        yield Progress(0, len(pairs), f"{name} has no prediction in {predicted}")
    for done, (name, (guess, true)) in enumerate(pairs.items()):
        yield Progress(done, len(pairs), f"Comparing {name}")
        matrix.add(read_mask(true, lookup), read_mask(guess, lookup), guess)
    scores = matrix.scores(table) if table is not None else _nameless_scores(matrix)
    scores = replace(scores, missing=missing)
    yield Progress(len(pairs), len(pairs), _summary(scores), scores)


def _pairs(predicted: Path, truth: Path) -> tuple[Mapping[str, tuple[Path, Path]], tuple[str, ...]]:
    """Prediction and truth by name, and names that have no prediction."""
    for path in (predicted, truth):
        if not path.exists():
            raise SegStudioError(path, "does not exist", "Name a mask, or a folder of masks.")
    if predicted.is_file() and truth.is_file():
        return {truth.stem: (predicted, truth)}, ()
    guesses, true = (_masks(path) for path in (predicted, truth))
    pairs = {name: (guesses[name], path) for name, path in true.items() if name in guesses}
    if not pairs:
        raise SegStudioError(
            predicted,
            f"has no mask with the stem of one in {truth}",
            "Name the folders so that the files' names match.",
        )
    return pairs, tuple(name for name in true if name not in guesses)


def _masks(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {path.stem: path}
    inner = next((path / name for name in ("masks", "labels") if (path / name).is_dir()), path)
    found = {mask.stem: mask for mask in sorted(inner.glob("*.png"))}
    if not found:
        raise SegStudioError(inner, "holds no PNG masks", "Name a folder of index PNG files.")
    return found


def _table_of(truth: Path) -> ClassTable | None:
    project = truth / _PROJECT_FILE
    return read_classes(project) if project.is_file() else classes_beside(truth)


def _nameless_scores(matrix: ConfusionMatrix) -> Scores:
    true, guessed = matrix.values()
    if black_and_white(true):
        # Black and white masks: 255 is the second class, on whichever side it stands.
        binary = mask_lookup(binary=True)
        matrix = matrix.renamed(binary, binary)
        true, guessed = matrix.values()
    return matrix.scores(nameless_classes(sorted((true | guessed) - {VOID}), None))


def _summary(scores: Scores) -> str:
    if scores.mean_iou is None or scores.pixel_accuracy is None:
        return "Nothing to compare: all of the truth is void"
    return f"mIoU {scores.mean_iou:.4f}, pixel accuracy {scores.pixel_accuracy:.4f}"
