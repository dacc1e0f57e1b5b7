"""Any order of strokes, saves and crashes ends in what the user saw last."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.label_map import LabelMap
from segstudio.core.rect import Rect
from segstudio.project import Project

SHAPE = (140, 260)

STROKES = st.tuples(
    st.just("stroke"),
    st.integers(0, 130),
    st.integers(0, 250),
    st.integers(1, 90),
    st.integers(0, 2),
)
STEPS = st.lists(
    st.one_of(
        STROKES, st.sampled_from([("undo",), ("copy",), ("save copy",), ("save",), ("crash",)])
    ),
    max_size=14,
)


@dataclass
class _Desk:
    """A user at work, whose computer may fail."""

    folder: Path
    project: Project
    document: Document
    copy: tuple[LabelMap, int] | None = None

    @classmethod
    def sit_down(cls, folder: Path) -> "_Desk":
        project = Project.open(folder)
        frame = Frame("a", np.zeros(SHAPE, np.uint8))
        document = Document(frame, project.load_labels("a", SHAPE), project.classes)
        document.committed.connect(lambda tiles: project.journal_append("a", SHAPE, tiles))
        return cls(folder, project, document)

    def stroke(self, top: int, left: int, size: int, class_id: int) -> None:
        rect = Rect(top, left, top + size, left + size)
        with self.document.transaction("stroke"):
            self.document.apply(Edit(rect, np.ones((size, size), np.bool_), class_id))

    def undo(self) -> None:
        self.document.undo()

    def take_copy(self) -> None:
        self.copy = self.document.label_map.copy(), self.project.journal_mark("a")

    def save_copy(self) -> None:
        if self.copy is not None:
            self.project.save_labels("a", *self.copy)

    def save(self) -> None:
        self.project.save_labels("a", self.document.label_map)

    def crash(self) -> "_Desk":
        """The system takes the lock back; nothing else happens."""
        lock = self.project._lock
        assert lock is not None
        lock.release()
        self.project._index.close()
        seen = self.document.label_map
        desk = _Desk.sit_down(self.folder)
        assert desk.project.notices == ()
        assert np.array_equal(desk.document.label_map.ids, seen.ids)
        assert np.array_equal(desk.document.label_map.provenance, seen.provenance)
        return desk


def _work(folder: Path, steps: Iterable[tuple[object, ...]]) -> None:
    desk = _Desk.sit_down(folder)
    desk.project.classes = ClassTable.of_names(["sky", "road", "car"])
    for name, *arguments in steps:
        if name == "crash":
            desk = desk.crash()
            continue
        {
            "stroke": desk.stroke,
            "undo": desk.undo,
            "copy": desk.take_copy,
            "save copy": desk.save_copy,
            "save": desk.save,
        }[str(name)](*arguments)
    desk.crash().project.close()


def test_an_older_copy_never_overwrites_a_newer_one(tmp_path: Path) -> None:
    Image.new("L", SHAPE[::-1]).save(tmp_path / "a.png")
    first, second = ("stroke", 0, 0, 50, 1), ("stroke", 60, 60, 50, 2)
    _work(tmp_path, [first, ("copy",), second, ("save",), ("save copy",)])


@given(STEPS)
def test_no_order_of_events_loses_a_stroke(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("pictures")
    Image.new("L", SHAPE[::-1]).save(folder / "a.png")
    _work(folder, steps)
