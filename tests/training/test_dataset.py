"""Reading labelled frames: what is unusable is told and left out, the rest goes on."""

from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.progress import Progress
from segstudio.training.dataset import Example, FrameSet, read_frames, split
from segstudio.training.files import mask_lookup, read_mask

CLASSES = ClassTable.of_names(["ground", "blob"])


def _write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def _example(folder: Path, name: str, mask: np.ndarray | bytes, void: int | None = None) -> Example:
    picture = _write(folder / "images" / f"{name}.png", np.full((6, 8, 3), 90, np.uint8))
    path = folder / "masks" / f"{name}.png"
    if isinstance(mask, bytes):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(mask)
    else:
        _write(path, mask)
    return Example.of_files(name, picture, path, mask_lookup(() if void is None else (void,)))


def _good(value: int = 1) -> np.ndarray:
    return np.full((6, 8), value, np.uint8)


def _drain(reading: Generator[Progress, None, FrameSet]) -> tuple[FrameSet, list[Progress]]:
    reports = []
    while True:
        try:
            reports.append(next(reading))
        except StopIteration as end:
            return end.value, reports


def test_everything_unusable_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = [
        _example(tmp_path, "small", np.zeros((5, 8), np.uint8)),
        _example(tmp_path, "unknown", _good(9)),
        _example(tmp_path, "colour", np.zeros((6, 8, 3), np.uint8)),
        _example(tmp_path, "torn", b"\x89PNG\r\n\x1a\nrubbish"),
        _example(tmp_path, "empty", _good(255)),
        _example(tmp_path, "lost", _good()),
    ]
    (tmp_path / "images" / "lost.png").unlink()
    good = [_example(tmp_path, f"good{n}", _good(n % 2)) for n in range(20)]

    frames, reports = _drain(read_frames([*bad[:3], *good, *bad[3:]], CLASSES))

    assert frames.names == tuple(f"good{n}" for n in range(20))
    reasons = {skip.name: skip.reason for skip in frames.skipped}
    assert set(reasons) == {"small", "unknown", "colour", "torn", "empty", "lost"}
    for name, reason in reasons.items():
        assert f"{name}.png" in reason
    assert "has 8x5 pixels and its picture has 8x6" in reasons["small"]
    assert "outside the class table: 9" in reasons["unknown"]
    told = [report.message for report in reports if report.message.startswith("Left out")]
    assert len(told) == len(bad)
    assert reports[-1].done == reports[-1].total == 26


def test_another_mask_value_can_mean_void(tmp_path: Path) -> None:
    mask = _good()
    mask[:2] = 11

    frames, _ = _drain(read_frames([_example(tmp_path, "a", mask, void=11)], CLASSES))

    assert (frames[0].ids == 255).sum() == 2 * 8
    assert frames.class_pixels[[0, 1, 11, 255]].tolist() == [0, 4 * 8, 0, 0]


def test_frames_beyond_the_budget_are_decoded_when_asked_for(tmp_path: Path) -> None:
    made = [_example(tmp_path, f"f{n}", _good(n % 2)) for n in range(4)]
    one_frame = 6 * 8 * 4

    frames, _ = _drain(read_frames(made, CLASSES, byte_budget=2 * one_frame))
    everything, _ = _drain(read_frames(made, CLASSES))

    assert (frames.frames_in_memory, everything.frames_in_memory) == (2, 4)
    for index in range(4):
        np.testing.assert_array_equal(frames[index].ids, everything[index].ids)


def test_a_conversion_reaches_kept_and_later_frames_alike(tmp_path: Path) -> None:
    made = [_example(tmp_path, f"f{n}", _good()) for n in range(2)]
    frames, _ = _drain(read_frames(made, CLASSES, byte_budget=6 * 8 * 4))

    frames.convert(lambda frame: type(frame)(frame.name, frame.pixels + np.uint8(1)))

    assert [int(frames[index].frame.pixels[0, 0, 0]) for index in (0, 1)] == [91, 91]


def test_a_subset_keeps_order_and_leaves_the_whole_alone(tmp_path: Path) -> None:
    frames, _ = _drain(
        read_frames([_example(tmp_path, f"f{n}", _good()) for n in range(5)], CLASSES)
    )

    part = frames.subset([1, 4])
    part.convert(lambda frame: type(frame)("changed", frame.pixels))

    assert part.names == ("f1", "f4")
    assert frames[1].frame.name == "f1"


def test_closing_while_reading_ends_the_threads(tmp_path: Path) -> None:
    reading = read_frames([_example(tmp_path, f"f{n}", _good()) for n in range(30)], CLASSES)
    next(reading)

    reading.close()

    with pytest.raises(StopIteration):
        next(reading)


@pytest.mark.parametrize(("count", "held_back"), [(2, 1), (3, 1), (10, 2), (100, 20)])
def test_split_holds_back_a_share(count: int, held_back: int) -> None:
    teaching, scoring = split(count, 0.2, seed=0)

    assert len(scoring) == held_back
    assert sorted(teaching + scoring) == list(range(count))


def test_split_depends_on_the_seed_alone() -> None:
    assert split(50, 0.2, 1) == split(50, 0.2, 1)
    assert split(50, 0.2, 1) != split(50, 0.2, 2)


def test_a_single_frame_teaches_and_is_scored_on() -> None:
    assert split(1, 0.2, 0) == ([0], [0])


def test_a_missing_mask_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"nowhere\.png: cannot be read"):
        read_mask(tmp_path / "nowhere.png")


def test_black_and_white_masks_become_two_classes() -> None:
    lookup = mask_lookup(binary=True)

    assert (lookup[0], lookup[255]) == (0, 1)
    assert mask_lookup((0,), binary=True)[0] == 255
