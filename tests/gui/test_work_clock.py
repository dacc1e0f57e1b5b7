"""Time spent is time at work."""

from segstudio.gui.work_clock import PAUSE_S, WorkClock


def test_work_is_counted_and_a_night_is_not() -> None:
    moments = iter([0.0, 5.0, 20.0, 20.0 + PAUSE_S, 8 * 3600.0, 8 * 3600.0 + 3, 8 * 3600.0 + 5])
    clock = WorkClock(lambda: next(moments))
    for _ in range(4):
        clock.tick()
    assert clock.take() == 20 + PAUSE_S + PAUSE_S + 3
    assert clock.take() == 2
