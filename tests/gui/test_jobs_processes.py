"""Jobs in processes of their own: progress, stopping, dying, what the child imports."""

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.jobs import Jobs

WAIT = 20_000


def count(total):
    for done in range(1, total + 1):
        yield Progress(done, total, payload=os.getpid())


def until_closed(folder):
    """Write what happens into a folder, since a cancelled job says nothing any more."""
    try:
        for step in range(10_000):
            yield Progress(step, 0, payload=os.getpid())
            time.sleep(0.01)
    finally:
        time.sleep(0.3)
        Path(folder, "best.txt").write_text("saved", "utf-8")


def deaf():
    yield Progress(1, 0, payload=os.getpid())
    time.sleep(600)


def fail_for_people():
    yield Progress(1, 2)
    raise SegStudioError("no labelled frame", "nothing to train on", "Mark one as done.")


class OddError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def fail_oddly():
    raise OddError("cannot", "be pickled")
    yield


def leave():
    yield Progress(1, 2)
    os._exit(3)


def unpicklable():
    yield Progress(1, 1, payload=lambda: None)


@pytest.fixture
def jobs(qtbot):
    before = set(threading.enumerate())
    owner = Jobs()
    yield owner
    assert owner.shutdown(5)
    assert set(threading.enumerate()) <= before


class Heard(list):
    def callbacks(self):
        return {
            f"on_{kind}": functools.partial(self._hear, kind)
            for kind in ("progress", "done", "failed", "cancelled")
        }

    def _hear(self, kind, *values):
        self.append((kind, *values))

    def kinds(self):
        return [entry[0] for entry in self]


def test_progress_and_result_come_from_another_process(jobs, qtbot):
    heard = Heard()
    began = time.monotonic()
    handle = jobs.run_in_process(count, (3,), name="Counting", **heard.callbacks())
    assert time.monotonic() - began < 0.1, "the window waited for the process"
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert heard.kinds() == ["progress"] * 3 + ["done"]
    assert heard[-1][1] == heard[0][1].payload != os.getpid()


def test_what_the_child_runs_in_imports_neither_qt_nor_torch():
    looking = "import segstudio.gui.background.job_process, sys; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "segstudio.gui.background.drive" in modules
    assert not {"PySide6", "torch", "numpy"} & set(modules)


def test_cancelling_closes_the_generator_and_waits_for_its_cleaning_up(jobs, qtbot, tmp_path):
    heard = Heard()
    handle = jobs.run_in_process(
        until_closed, (str(tmp_path),), name="Fine-tuning", **heard.callbacks()
    )
    qtbot.waitUntil(lambda: len(heard) >= 2, timeout=WAIT)
    handle.cancel()
    count_then = len(heard)
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert heard[count_then:] == [("cancelled",)]
    assert (tmp_path / "best.txt").read_text("utf-8") == "saved"
    assert not alive(heard[0][1].payload)


def test_cancelling_before_the_process_runs(jobs, qtbot, tmp_path):
    heard = Heard()
    handle = jobs.run_in_process(
        until_closed, (str(tmp_path),), name="Fine-tuning", **heard.callbacks()
    )
    handle.cancel()
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert heard == [("cancelled",)]


def test_a_child_that_does_not_stop_in_time_is_killed(jobs, qtbot):
    heard = Heard()
    handle = jobs.run_in_process(deaf, name="Fine-tuning", grace=0.2, **heard.callbacks())
    qtbot.waitUntil(lambda: len(heard) == 1, timeout=WAIT)
    handle.cancel()
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert heard.kinds() == ["progress", "cancelled"]
    assert not alive(heard[0][1].payload)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signals to kill with")
def test_a_killed_child_fails_with_its_signal_and_the_remedy(jobs, qtbot):
    heard = Heard()
    handle = jobs.run_in_process(deaf, name="Fine-tuning", **heard.callbacks())
    qtbot.waitUntil(lambda: len(heard) == 1, timeout=WAIT)
    os.kill(heard[0][1].payload, signal.SIGKILL)
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    kind, error = heard[-1]
    assert kind == "failed"
    assert isinstance(error, SegStudioError)
    assert str(error).startswith(
        "Fine-tuning: its process was ended by SIGKILL (exit code -9). The computer may have run"
    )


def test_a_child_that_exits_without_a_word_fails_with_its_exit_code(jobs, qtbot):
    heard = Heard()
    handle = jobs.run_in_process(leave, name="Fine-tuning", **heard.callbacks())
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert "exit code 3" in str(heard[-1][1])


def test_errors_keep_their_words_and_bring_the_childs_traceback(jobs, qtbot):
    heard = Heard()
    handle = jobs.run_in_process(fail_for_people, name="Fine-tuning", **heard.callbacks())
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    error = heard[-1][1]
    assert isinstance(error, SegStudioError)
    assert error.remedy == "Mark one as done."
    assert "in fail_for_people" in error.__notes__[0]


def test_an_exception_that_cannot_be_pickled_is_still_told(jobs, qtbot):
    heard = Heard()
    handle = jobs.run_in_process(fail_oddly, name="Fine-tuning", **heard.callbacks())
    qtbot.waitUntil(lambda: handle.finished, timeout=WAIT)
    assert str(heard[-1][1]) == "OddError: cannot be pickled"


def test_what_cannot_be_pickled_fails_on_either_side(jobs, qtbot):
    heard = Heard()
    there = jobs.run_in_process(count, (lambda: 1,), name="Out", **heard.callbacks())
    qtbot.waitUntil(lambda: there.finished, timeout=WAIT)
    back = jobs.run_in_process(unpicklable, name="Back", **heard.callbacks())
    qtbot.waitUntil(lambda: back.finished, timeout=WAIT)
    assert heard.kinds() == ["failed", "failed"]


def test_shutdown_stops_children_and_kills_deaf_ones(qtbot, tmp_path):
    owner, heard = Jobs(), Heard()
    owner.run_in_process(until_closed, (str(tmp_path),), name="Polite", **heard.callbacks())
    owner.run_in_process(deaf, name="Deaf", **heard.callbacks())
    qtbot.waitUntil(lambda: len({entry[1].payload for entry in heard}) == 2, timeout=WAIT)
    assert owner.shutdown(1.5)
    assert (tmp_path / "best.txt").exists()
    assert not any(alive(entry[1].payload) for entry in heard)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no signals to kill with")
@pytest.mark.parametrize("ending", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(0)"])
def test_a_window_that_ends_any_way_leaves_no_child_behind(tmp_path, ending):
    script = tmp_path / "window.py"
    script.write_text(
        f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from PySide6.QtCore import QCoreApplication
from segstudio.gui.jobs import Jobs
from test_jobs_processes import until_closed

def end(progress):
    print(progress.payload, flush=True)
    {ending}

if __name__ == "__main__":
    application = QCoreApplication([])
    jobs = Jobs()
    jobs.run_in_process(until_closed, ({str(tmp_path)!r},), name="Job", on_progress=end)
    application.exec()
""",
        "utf-8",
    )
    ran = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, timeout=60, check=False)
    child = int(ran.stdout.split()[0])
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)
    assert (tmp_path / "best.txt").exists()


def alive(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
