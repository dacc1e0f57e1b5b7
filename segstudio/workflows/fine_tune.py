"""Train a network on labelled frames: a project's, or those of a plain folder with masks."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.core.progress import Progress
from segstudio.formats.parts.class_files import classes_beside
from segstudio.project import Project, Status
from segstudio.training.dataset import Example, LabelledFrame, Skipped
from segstudio.training.files import mask_lookup
from segstudio.training.folders import MaskFolder, black_and_white, nameless_classes
from segstudio.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class FineTuneRequest:
    """What to train on, and where the result goes.

    Attributes
    ----------
    dataset
        A project folder, or a folder with ``images/`` and ``masks/``.
    out
        The run's folder; gets ``checkpoint.safetensors``, ``config.json``, ``metrics.csv``.
    settings
        How to train. Where its ``model`` is a checkpoint file, the run starts from it.
    validation
        A dataset of the same kinds to score on; None holds back a share of ``dataset``.
    resume
        Go on with the run in ``out``.
    """

    dataset: Path
    out: Path
    settings: TrainSettings = field(default_factory=TrainSettings)
    validation: Path | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class _Dataset:
    examples: list[Example]
    classes: ClassTable
    named: bool
    lookup: Ids
    left_out: tuple[Skipped, ...] = ()
    remark: str = ""


def fine_tune(request: FineTuneRequest) -> Iterator[Progress]:
    """Train until the settings' end; closing the generator keeps the best checkpoint.

    Of a project, the pixels that a human decided teach, and everything in frames marked as done;
    the model's own pixels do not. Of a plain folder, every mask pixel that is not void teaches.
    A folder that is both counts as a project once anything is labelled in it.
    Its classes are those of its ``classes.json`` or ``classes.txt``, else the start checkpoint's
    where that knows every id in the masks, else nameless ones.

    Yields
    ------
    :class:`Progress`; the payload of the last one is the :class:`TrainReport` of the whole run.

    Raises
    ------
    SegStudioError
        Where the dataset, the start checkpoint or the settings cannot be used.
    """
    started = time.monotonic()
    # torch takes seconds to load, and whoever imports workflows must not wait for it.
    from segstudio.training.trainer import train

    yield Progress(0, 0, f"Opening {request.dataset}")
    settings = _with_start(request.settings)
    with ExitStack() as opened:
        dataset = _open(request.dataset, settings.void_ids, opened)
        dataset = _named_by_start(dataset, settings.init)
        left_out = dataset.left_out
        validation: list[Example] = []
        if request.validation is not None:
            other = _open(request.validation, settings.void_ids, opened, like=dataset)
            validation = other.examples
            left_out += other.left_out
        for message in (dataset.remark, *(f"Left out: {skip.reason}" for skip in left_out)):
            if message:
                yield Progress(0, 0, message)
        yield from train(
            dataset.examples,
            validation,
            dataset.classes,
            settings,
            request.out,
            resume=request.resume,
            started=started,
            left_out=left_out,
        )


def _with_start(settings: TrainSettings) -> TrainSettings:
    """The settings with a checkpoint given as model moved to where the run starts from."""
    path = Path(settings.model)
    if path.suffix != ".safetensors" and not path.is_file():
        return settings
    return replace(settings, init=settings.init or path)


def _open(
    folder: Path, void_ids: tuple[int, ...], opened: ExitStack, like: _Dataset | None = None
) -> _Dataset:
    """A folder's labelled frames, in the classes of ``like`` where that is given."""
    if not folder.is_dir():
        raise SegStudioError(folder, "is no folder", "Name a dataset folder that exists.")
    if MaskFolder.is_one(folder) and not Project.has_any_labels(folder):
        return _mask_folder(folder, void_ids, like)
    return _project(folder, void_ids, opened, like)


def _mask_folder(folder: Path, void_ids: tuple[int, ...], like: _Dataset | None) -> _Dataset:
    content = MaskFolder.open(folder)
    table = classes_beside(folder)
    if like is not None:
        lookup = like.lookup if table is None else _by_name(like.classes, table, void_ids)
        return _Dataset(content.examples(lookup), like.classes, True, lookup, content.left_out)
    if table is not None:
        lookup = mask_lookup(void_ids)
        table = _without(table, void_ids)
        return _Dataset(content.examples(lookup), table, True, lookup, content.left_out)
    values = content.values()
    binary = black_and_white(values)
    lookup = mask_lookup(void_ids, binary)
    ids = {int(lookup[value]) for value in values} - {VOID}
    remark = "The masks hold only 0 and 255, which are taken as two classes" if binary else ""
    return _Dataset(
        content.examples(lookup),
        nameless_classes(sorted(ids), content.palette()),
        False,
        lookup,
        content.left_out,
        remark,
    )


def _project(
    folder: Path, void_ids: tuple[int, ...], opened: ExitStack, like: _Dataset | None
) -> _Dataset:
    project = opened.enter_context(Project.open(folder))
    # Training takes minutes to days, and labelling is to go on beside it.
    project.let_others_write()
    own = mask_lookup(void_ids)
    lookup = own if like is None else _by_name(like.classes, project.classes, void_ids)
    classes = _without(project.classes, void_ids) if like is None else like.classes
    names = [entry.name for entry in project.entries if project.has_labels(entry.name)]
    examples = [_project_example(project, name, lookup) for name in names]
    return _Dataset(examples, classes, True, own)


def _project_example(project: Project, name: str, lookup: Ids) -> Example:
    all_teach = project.status(name) is Status.DONE

    def load() -> LabelledFrame:
        frame = project.load_frame(name)
        labels = project.load_labels(name, frame.shape)
        ids = labels.ids if all_teach else labels.scribbles()
        return LabelledFrame(frame, lookup[ids])

    return Example(name, f"labels of {name} in {project.folder}", load)


def _named_by_start(dataset: _Dataset, init: Path | None) -> _Dataset:
    """Nameless classes get the names of a start checkpoint that knows all their ids."""
    if init is None or dataset.named or not init.is_file():
        return dataset
    from segstudio.models.checkpoint import describe_checkpoint

    known = describe_checkpoint(init).classes
    if not set(dataset.classes.ids) <= set(known.ids):
        return dataset
    remark = f"The masks name no classes: taking those of {init}"
    return replace(dataset, classes=known, remark=remark)


def _by_name(wanted: ClassTable, own: ClassTable, void_ids: tuple[int, ...]) -> Ids:
    lookup = wanted.lookup_from(own)
    lookup[list(void_ids)] = VOID
    return lookup


def _without(classes: ClassTable, void_ids: tuple[int, ...]) -> ClassTable:
    for class_id in void_ids:
        classes = classes.without(class_id)
    return classes
