"""Jobs in worker threads: order, delivery on the GUI thread, cancelling, failures, leaks."""

import logging
import random
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread, QTimer

from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.jobs import Jobs


@pytest.fixture
def jobs(qtbot):
    before = set(threading.enumerate())
    owner = Jobs()
    yield owner
    assert owner.shutdown(5)
    assert set(threading.enumerate()) <= before


def count_to(total):
    def steps() -> Iterator[Progress]:
        for done in range(1, total + 1):
            yield Progress(done, total, payload=done * 10)

    return steps


class Endless:
    """A job that goes on until it is closed, step by step as the test allows."""

    def __init__(self):
        self.step = threading.Semaphore(0)
        self.stepped = threading.Event()
        self.closed_in = None

    def __call__(self) -> Iterator[Progress]:
        try:
            while True:
                assert self.step.acquire(timeout=5)
                self.stepped.set()
                yield Progress(1, 0)
        finally:
            self.closed_in = threading.current_thread().name


def test_progress_and_last_payload_arrive_on_the_gui_thread(jobs, qtbot):
    heard = []
    gui_thread = QThread.currentThread()

    def hear(kind, value):
        heard.append((kind, value, QThread.currentThread() is gui_thread))

    handle = jobs.run_in_thread(
        count_to(3),
        lane="io",
        on_progress=lambda progress: hear("progress", progress.done),
        on_done=lambda payload: hear("done", payload),
        on_failed=lambda error: hear("failed", error),
    )
    qtbot.waitUntil(lambda: handle.finished)
    assert heard == [
        ("progress", 1, True),
        ("progress", 2, True),
        ("progress", 3, True),
        ("done", 30, True),
    ]


def test_starting_a_job_does_not_wait_for_it(jobs, qtbot):
    job = Endless()
    handle = jobs.run_in_thread(job, lane="io")
    assert not handle.finished
    handle.cancel()
    job.step.release()
    qtbot.waitUntil(lambda: handle.finished)


def test_one_lane_keeps_its_order_in_one_thread_and_lanes_run_side_by_side(jobs, qtbot):
    ran = []
    blocker = Endless()
    blocked = jobs.run_in_thread(blocker, lane="inference")
    handles = [
        jobs.submit("io", lambda n=n: ran.append((n, threading.current_thread().name)))
        for n in range(20)
    ]
    qtbot.waitUntil(lambda: all(handle.finished for handle in handles))
    assert [n for n, _ in ran] == list(range(20))
    assert {thread for _, thread in ran} == {"segstudio-io"}
    assert not blocked.finished
    blocked.cancel()
    blocker.step.release()
    qtbot.waitUntil(lambda: blocked.finished)


def test_cancelling_a_running_job_closes_it_in_its_thread_and_delivers_nothing(jobs, qtbot):
    job, heard = Endless(), []
    handle = jobs.run_in_thread(
        job,
        lane="inference",
        on_progress=heard.append,
        on_done=heard.append,
        on_failed=heard.append,
        on_cancelled=lambda: heard.append("cancelled"),
    )
    job.step.release()
    qtbot.waitUntil(lambda: len(heard) == 1)
    handle.cancel()
    handle.cancel()
    assert handle.cancelled
    assert not handle.finished
    job.step.release()
    qtbot.waitUntil(lambda: handle.finished)
    assert job.closed_in == "segstudio-inference"
    assert heard[1:] == ["cancelled"]


def test_cancelling_a_waiting_job_drops_it_at_once_and_the_lane_goes_on(jobs, qtbot):
    blocker, ran, heard = Endless(), [], []
    blocked = jobs.run_in_thread(blocker, lane="io")
    waiting = jobs.run_in_thread(
        lambda: ran.append("waiting"), lane="io", on_cancelled=lambda: heard.append("cancelled")
    )
    last = jobs.submit("io", lambda: ran.append("last"))
    waiting.cancel()
    qtbot.waitUntil(lambda: waiting.finished)
    assert heard == ["cancelled"]
    assert not blocked.finished
    blocked.cancel()
    blocker.step.release()
    qtbot.waitUntil(lambda: last.finished)
    assert ran == ["last"]


def test_a_result_that_is_on_its_way_when_the_job_is_cancelled_is_not_delivered(jobs, qtbot):
    heard, worked = [], threading.Event()
    handle = jobs.submit("io", worked.set, on_done=heard.append)
    follower = threading.Event()
    jobs.submit("io", follower.set)
    # The follower runs after the outcome was posted, while this thread has delivered nothing yet.
    assert follower.wait(5)
    assert worked.is_set()
    handle.cancel()
    qtbot.waitUntil(lambda: handle.finished)
    assert heard == []


def test_latest_wins_drops_only_waiting_jobs_of_the_same_key(jobs, qtbot):
    blocker, ran = Endless(), []
    running = jobs.run_in_thread(blocker, lane="io", key="predict")
    qtbot.waitUntil(lambda: jobs._lanes["io"]._running is running)
    old = jobs.submit("io", lambda: ran.append("old"), key="predict")
    other = jobs.submit("io", lambda: ran.append("other"), key="save")
    plain = jobs.submit("io", lambda: ran.append("plain"))
    new = jobs.submit("io", lambda: ran.append("new"), key="predict")
    assert old.cancelled
    assert not any(handle.cancelled for handle in (running, other, plain, new))
    running.cancel()
    blocker.step.release()
    qtbot.waitUntil(lambda: new.finished)
    assert ran == ["other", "plain", "new"]


def test_every_job_ends_exactly_once_whenever_it_is_cancelled(jobs, qtbot):
    chance, endings, handles = random.Random(1), [], []
    for number in range(200):
        handle = jobs.run_in_thread(
            count_to(5),
            lane=f"lane {number % 3}",
            on_done=lambda payload, n=number: endings.append((n, "done")),
            on_cancelled=lambda n=number: endings.append((n, "cancelled")),
        )
        handles.append(handle)
        if chance.random() < 0.7:
            chance.choice(handles).cancel()
        if chance.random() < 0.3:
            qtbot.wait(1)
    qtbot.waitUntil(lambda: all(handle.finished for handle in handles))
    assert sorted(n for n, _ in endings) == list(range(200))
    assert {ending == "cancelled" for n, ending in endings if handles[n].cancelled} <= {True}
    assert {ending for _, ending in endings} == {"done", "cancelled"}


def test_a_segstudio_error_is_delivered_as_it_is(jobs, qtbot):
    error, heard = SegStudioError("a.png", "is empty", "Save it again."), []

    def fail():
        raise error

    handle = jobs.submit("io", fail, on_done=heard.append, on_failed=heard.append)
    qtbot.waitUntil(lambda: handle.finished)
    assert heard == [error]


def test_any_other_exception_is_delivered_and_logged_with_its_traceback(jobs, qtbot, caplog):
    heard = []

    def steps():
        yield Progress(1, 2)
        raise ZeroDivisionError("half way")

    with caplog.at_level(logging.ERROR):
        handle = jobs.run_in_thread(steps, lane="inference", on_failed=heard.append)
        qtbot.waitUntil(lambda: handle.finished)
    assert [type(error) for error in heard] == [ZeroDivisionError]
    assert "inference failed" in caplog.text
    assert "half way" in caplog.text
    assert "in steps" in caplog.text


def test_a_failure_while_a_cancelled_job_cleans_up_is_delivered(jobs, qtbot):
    heard = []
    started = threading.Event()

    def steps():
        try:
            while True:
                started.set()
                yield Progress(1, 0)
        finally:
            raise SegStudioError("best.safetensors", "cannot be written", "Free some space.")

    handle = jobs.run_in_thread(steps, lane="io", on_failed=heard.append)
    assert started.wait(5)
    handle.cancel()
    qtbot.waitUntil(lambda: handle.finished)
    assert [error.subject for error in heard] == ["best.safetensors"]


def test_a_failing_callback_does_not_stop_the_delivery(jobs, qtbot):
    heard = []

    def fail(payload):
        raise RuntimeError("a mistake in the window")

    with qtbot.captureExceptions() as exceptions:
        jobs.submit("io", lambda: 1, on_done=fail)
        last = jobs.submit("io", lambda: 2, on_done=heard.append)
        qtbot.waitUntil(lambda: last.finished)
    assert heard == [2]
    assert [str(value) for _, value, _ in exceptions] == ["a mistake in the window"]


def test_a_flood_of_reports_leaves_room_for_the_window(jobs, qtbot):
    ticks = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    handle = jobs.run_in_thread(
        count_to(300), lane="io", on_progress=lambda progress: time.sleep(0.001)
    )
    qtbot.waitUntil(lambda: handle.finished, timeout=10_000)
    timer.stop()
    # 0.3 s of callbacks; without the mailbox's time budget the timer would not fire in between.
    assert len(ticks) >= 10


def test_draining_a_lane_waits_for_all_its_work_and_its_callbacks(jobs):
    heard = []
    assert jobs.drain("io")
    for number in range(5):
        jobs.submit("io", lambda n=number: time.sleep(0.01) or n, on_done=heard.append)
    assert jobs.drain("io")
    assert heard == [0, 1, 2, 3, 4]


def test_draining_gives_up_in_time_and_cancels_nothing(jobs, qtbot):
    heard, go_on = [], threading.Event()
    jobs.submit("io", lambda: go_on.wait(5), on_done=heard.append)
    assert not jobs.drain("io", timeout=0.05)
    go_on.set()
    assert jobs.drain("io")
    assert heard == [True]


def test_shutdown_closes_running_jobs_drops_waiting_ones_and_delivers_nothing(qtbot):
    before = set(threading.enumerate())
    owner, job, ran = Jobs(), Endless(), []
    owner.run_in_thread(job, lane="a", on_progress=ran.append, on_cancelled=lambda: ran.append(1))
    owner.submit("a", lambda: ran.append("waiting"))
    job.step.release()
    assert job.stepped.wait(5)
    threading.Timer(0.05, job.step.release).start()
    assert owner.shutdown(5)
    assert job.closed_in == "segstudio-a"
    qtbot.wait(20)
    assert ran == []
    assert not [t for t in set(threading.enumerate()) - before if t.name.startswith("segstudio")]
    with pytest.raises(RuntimeError, match="after the shutdown"):
        owner.submit("a", lambda: None)


def test_shutdown_gives_up_on_a_call_that_does_not_come_back(qtbot, caplog):
    owner, go_on, entered = Jobs(), threading.Event(), threading.Event()

    def stuck():
        entered.set()
        go_on.wait(10)

    owner.submit("inference", stuck)
    assert entered.wait(5)
    began = time.monotonic()
    assert not owner.shutdown(0.1)
    assert time.monotonic() - began < 3
    assert "inference did not end in time" in caplog.text
    go_on.set()


def test_the_end_of_the_application_shuts_down(qtbot, qapp):
    owner = Jobs()
    owner.submit("io", lambda: None)
    qapp.aboutToQuit.emit()
    with pytest.raises(RuntimeError, match="after the shutdown"):
        owner.submit("io", lambda: None)
