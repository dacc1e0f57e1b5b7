"""The live CRF's processes: previews, latest wins, failures, and what is left behind."""

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.errors import SegStudioError
from segstudio.gui.background import crf_process, shared
from segstudio.gui.crf_worker import CrfWorker, preview_scale

WAIT = 20_000
LARGE, SMALL = (400, 520), (60, 80)


@dataclass(frozen=True)
class Parameters:
    """Stands for the CRF's, and tells the engine below how to behave.

    ``seconds`` is what an exact result takes; one that is to come ``after`` the preview waits for
    that file, since on a busy machine the preview's process may start later than its own.
    """

    smoothness_sigma_xy: float = 4.0
    appearance_sigma_xy: float = 40.0
    seconds: float = 0.0
    fail: str = ""
    after: str = ""


def pretend(image):
    """An engine that believes the model, but scribbles more."""
    return functools.partial(answer, image)


def answer(image, probabilities, parameters, scribbles):
    assert image.shape[:2] == probabilities.shape[1:]
    if parameters.fail == "people":
        raise SegStudioError("picture", "is odd", "Take another.")
    is_exact = image.shape[:2] in (LARGE, SMALL)
    if parameters.fail == "die" and is_exact:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(parameters.seconds if is_exact else 0.02)
    if parameters.after and is_exact:
        wait_for(Path(parameters.after))
    elif parameters.after:
        Path(parameters.after).touch()
    refined = probabilities.copy()
    if scribbles is not None:
        for channel in range(len(refined)):
            refined[channel][scribbles < 255] = scribbles[scribbles < 255] == channel
    return refined


def wait_for(path):
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)


def frame(shape, seed=0):
    """A picture whose left half is channel 0 and whose right half is channel 2."""
    image = np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8)
    probabilities = np.full((3, *shape), 0.1, np.float32)
    probabilities[0, :, : shape[1] // 2] = 0.8
    probabilities[2, :, shape[1] // 2 :] = 0.8
    return image, probabilities


@pytest.fixture
def worker(qtbot):
    threads, memory = set(threading.enumerate()), blocks()
    worker = CrfWorker(refine=pretend)
    worker.heard = []
    worker.refined.connect(lambda tag, ids, exact: worker.heard.append((tag, exact, ids)))
    worker.failed.connect(lambda tag, error: worker.heard.append((tag, "failed", error)))
    yield worker
    assert worker.shutdown(5)
    assert set(threading.enumerate()) <= threads
    assert not [child for child in active_children() if "crf" in child.name]
    assert blocks() <= memory, "shared memory was left behind"


def blocks(process_id=None):
    return set(Path("/dev/shm").glob(f"segstudio-{process_id or os.getpid()}-*"))


def exact(worker):
    return [entry for entry in worker.heard if entry[1] is True]


def test_a_coarse_preview_comes_before_the_exact_result(worker, qtbot, tmp_path):
    image, probabilities = frame(LARGE)
    busy = []
    worker.busy_changed.connect(busy.append)
    worker.set_frame("a", image, probabilities)
    worker.request(Parameters(after=str(tmp_path / "previewed")), None, tag=("a", 7))
    qtbot.waitUntil(lambda: len(worker.heard) == 2, timeout=WAIT)
    assert [(tag, is_exact) for tag, is_exact, _ in worker.heard] == [
        (("a", 7), False),
        (("a", 7), True),
    ]
    for _, _, ids in worker.heard:
        assert ids.dtype == np.uint8
        np.testing.assert_array_equal(ids, probabilities.argmax(axis=0))
    assert busy == [True, False]


def test_a_small_picture_needs_no_preview(worker, qtbot):
    worker.set_frame("a", *frame(SMALL))
    worker.request(Parameters(), tag=1)
    qtbot.waitUntil(lambda: bool(worker.heard), timeout=WAIT)
    qtbot.wait(50)
    assert [entry[1] for entry in worker.heard] == [True]


def test_a_thin_scribble_counts_in_preview_and_exact_result(worker, qtbot, tmp_path):
    scribbles = np.full(LARGE, 255, np.uint8)
    scribbles[101, 20:200] = 1
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(after=str(tmp_path / "previewed")), scribbles)
    qtbot.waitUntil(lambda: len(worker.heard) == 2, timeout=WAIT)
    for _, _, ids in worker.heard:
        assert (ids[101, 24:196] == 1).all()
        assert (ids[:98] != 1).all()
    assert (worker.heard[1][2] == 1).sum() == 180


def test_while_a_slider_moves_previews_follow_and_only_the_last_is_exact(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    for number in range(2000):
        worker.request(Parameters(), tag=number)
        qtbot.wait(15)
        if len(worker.heard) >= 5:
            break
    qtbot.waitUntil(lambda: bool(exact(worker)), timeout=WAIT)
    previews = [tag for tag, is_exact, _ in worker.heard if is_exact is False]
    assert previews == sorted(set(previews))
    assert 5 <= len(previews) <= number + 1
    assert [tag for tag, _, _ in exact(worker)] == [number]
    assert not worker.busy


def test_a_long_inference_that_was_overtaken_is_given_up(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(seconds=600), tag="old")
    qtbot.wait(1000)
    worker.request(Parameters(), tag="new")
    qtbot.waitUntil(lambda: bool(exact(worker)), timeout=3 * WAIT)
    assert [(tag, kind) for tag, kind, _ in worker.heard if kind is not False] == [("new", True)]


def test_results_for_another_frame_are_dropped(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(seconds=30), tag="a")
    qtbot.waitUntil(lambda: len(worker.heard) == 1, timeout=WAIT)
    worker.set_frame("b", *frame(SMALL))
    assert not worker.busy
    worker.request(Parameters(), tag="b")
    qtbot.waitUntil(lambda: len(worker.heard) == 2, timeout=WAIT)
    qtbot.wait(100)
    assert [(tag, is_exact) for tag, is_exact, _ in worker.heard] == [("a", False), ("b", True)]
    assert worker.heard[1][2].shape == SMALL


def test_new_probabilities_under_the_same_key_are_used(worker, qtbot):
    image, probabilities = frame(SMALL)
    worker.set_frame("a", image, probabilities)
    worker.request(Parameters(), tag=1)
    qtbot.waitUntil(lambda: len(worker.heard) == 1, timeout=WAIT)
    worker.set_frame("a", image, np.ascontiguousarray(probabilities[::-1]))
    worker.request(Parameters(), tag=2)
    qtbot.waitUntil(lambda: len(worker.heard) == 2, timeout=WAIT)
    assert worker.heard[0][2][0, 0] == 0
    assert worker.heard[1][2][0, 0] == 2


def test_cancelling_drops_what_is_not_answered(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters())
    worker.cancel()
    assert not worker.busy
    qtbot.wait(600)
    assert worker.heard == []


def test_memory_is_given_back_when_the_frame_is_cleared(worker, qtbot):
    before = blocks()
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters())
    qtbot.waitUntil(lambda: bool(exact(worker)), timeout=WAIT)
    worker.clear_frame()
    # What is left are the lanes' own planes of one byte per pixel.
    qtbot.waitUntil(lambda: len(blocks() - before) == 2, timeout=WAIT)
    with pytest.raises(RuntimeError, match="no frame"):
        worker.request(Parameters())


def test_a_failure_is_told_once_in_the_engines_words(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(fail="people"), tag=3)
    qtbot.waitUntil(lambda: bool(worker.heard), timeout=WAIT)
    [(tag, kind, error)] = worker.heard
    assert (tag, kind, str(error)) == (3, "failed", "picture: is odd. Take another.")
    assert not worker.busy
    worker.request(Parameters(), tag=4)
    qtbot.waitUntil(lambda: bool(exact(worker)), timeout=WAIT)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signals to kill with")
def test_a_killed_process_is_told_and_started_again_at_the_next_request(worker, qtbot):
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(fail="die"), tag=1)
    qtbot.waitUntil(lambda: "failed" in [entry[1] for entry in worker.heard], timeout=WAIT)
    assert str(worker.heard[-1][2]) == (
        "The CRF: its process was ended by SIGKILL (exit code -9). The computer may have run out "
        "of memory. The next change starts it again."
    )
    worker.request(Parameters(), tag=2)
    qtbot.waitUntil(lambda: bool(exact(worker)), timeout=WAIT)
    assert exact(worker)[0][0] == 2


def test_shutdown_does_not_wait_for_a_long_inference(qtbot):
    before = blocks()
    worker = CrfWorker(refine=pretend)
    worker.set_frame("a", *frame(SMALL))
    worker.request(Parameters(seconds=60))
    qtbot.waitUntil(lambda: active_children() != [], timeout=WAIT)
    qtbot.wait(300)
    began = time.monotonic()
    assert worker.shutdown(5)
    assert time.monotonic() - began < 2
    assert blocks() <= before


def test_too_little_shared_memory_is_an_error_and_not_a_crash(worker, qtbot, monkeypatch):
    if not Path("/dev/shm").is_dir():
        pytest.skip("this system does not say how much shared memory there is")
    monkeypatch.setattr(
        shared.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10_000})
    )
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(), tag=1)
    qtbot.waitUntil(lambda: bool(worker.heard), timeout=WAIT)
    assert worker.heard[0][1] == "failed"
    assert "MB of shared memory are needed" in str(worker.heard[0][2])


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="looks at Linux's shared memory")
def test_a_window_that_is_killed_leaves_neither_process_nor_memory(tmp_path):
    script = tmp_path / "window.py"
    script.write_text(
        f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from PySide6.QtCore import QCoreApplication
from segstudio.gui.crf_worker import CrfWorker
from test_crf_worker import LARGE, Parameters, frame, pretend

if __name__ == "__main__":
    application = QCoreApplication([])
    worker = CrfWorker(refine=pretend)
    def end(tag, ids, exact):
        from multiprocessing import active_children
        print(os.getpid(), *[child.pid for child in active_children()], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    worker.refined.connect(end)
    worker.set_frame("a", *frame(LARGE))
    worker.request(Parameters(seconds=0.3))
    application.exec()
""",
        "utf-8",
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, timeout=60, check=False)
    window, *children = [int(word) for word in ran.stdout.split()]
    assert children
    deadline = time.monotonic() + 10
    while (blocks(window) or any(map(alive, children))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not blocks(window)
    assert not any(map(alive, children))


def test_the_process_imports_neither_qt_nor_torch():
    looking = (
        "import sys, segstudio.gui.background.crf_process, segstudio.inference.crf;"
        "print(*sys.modules)"
    )
    modules = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "segstudio.inference.crf" in modules
    assert not {"PySide6", "torch"} & set(modules)


@pytest.mark.parametrize(
    ("shape", "scale"), [((360, 480), 2), ((1080, 1920), 7), ((3000, 4000), 8), ((10, 10), 2)]
)
def test_previews_shrink_large_pictures_more(shape, scale):
    assert preview_scale(shape) == scale


def test_a_coarse_block_keeps_its_scribble_at_odd_sizes():
    scribbles = np.full((5, 7), 255, np.uint8)
    scribbles[4, 6], scribbles[0, 1] = 3, 0
    coarse = crf_process.coarse_scribbles(scribbles, 2)
    expected = np.full((3, 4), 255, np.uint8)
    expected[2, 3], expected[0, 0] = 3, 0
    np.testing.assert_array_equal(coarse, expected)


def test_coarse_parameters_scale_distances_alone():
    coarse = crf_process.coarse_parameters(Parameters(8.0, 40.0, seconds=1.5), 4)
    assert coarse == Parameters(2.0, 10.0, seconds=1.5)
    narrow = crf_process.coarse_parameters(Parameters(2.0, 40.0), 4)
    assert narrow == Parameters(1.0, 10.0), "a kernel narrower than a pixel costs without use"


def alive(process_id):
    try:
        state = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
