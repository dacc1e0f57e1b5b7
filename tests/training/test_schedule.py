"""The clock of a run: rate, evaluations and the end, with a clock that tests turn."""

from segstudio.training.schedule import WARM_UP, Schedule, rate_factor


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _minutes(seconds: float, every: int | None = None) -> tuple[Schedule, _Clock]:
    clock = _Clock()
    return Schedule(None, seconds, every, clock=clock), clock


def test_the_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    factors = [rate_factor(place / 1000) for place in range(1001)]

    peak = factors.index(max(factors))
    assert factors[0] == 0.0
    assert abs(peak / 1000 - WARM_UP) < 0.002
    assert abs(max(factors) - 1.0) < 1e-3
    assert factors[-1] < 1e-6
    assert factors[: peak + 1] == sorted(factors[: peak + 1])
    assert factors[peak:] == sorted(factors[peak:], reverse=True)


def test_every_step_learns_something() -> None:
    schedule = Schedule(steps=10, seconds=None)

    assert all(rate_factor(schedule.share(step)) > 0 for step in range(10))


def test_steps_end_the_run() -> None:
    schedule = Schedule(steps=3, seconds=None)

    assert [schedule.over(step) for step in range(5)] == [False, False, False, True, True]
    assert schedule.expected_steps(1) == 3


def test_a_run_of_steps_is_evaluated_ten_times() -> None:
    schedule = Schedule(steps=1000, seconds=None)

    assert sum(schedule.evaluation_due(step) for step in range(1, 1001)) == 10


def test_a_long_run_shows_its_first_score_early() -> None:
    schedule = Schedule(steps=100_000, seconds=None)

    assert next(step for step in range(1, 100_001) if schedule.evaluation_due(step)) == 500


def test_a_chosen_interval_is_kept() -> None:
    schedule = Schedule(steps=10, seconds=None, evaluate_every=4)

    assert [step for step in range(1, 11) if schedule.evaluation_due(step)] == [4, 8]


def test_minutes_leave_room_for_the_last_evaluation() -> None:
    schedule, clock = _minutes(100.0)
    clock.now += 50
    schedule.evaluated(10.0)

    clock.now += 37
    assert not schedule.over(5)
    clock.now += 2
    assert schedule.over(6), "ten seconds of evaluation must still fit into the last eleven"
    assert schedule.share(6) == 1.0


def test_the_rate_is_zero_when_the_minutes_end() -> None:
    schedule, clock = _minutes(100.0)
    schedule.evaluated(10.0)
    clock.now += 100 - 12

    assert rate_factor(schedule.share(3)) < 1e-6


def test_long_evaluations_become_rare() -> None:
    schedule, clock = _minutes(1000.0)
    clock.now += 100
    assert schedule.evaluation_due(7)
    clock.now += 50
    schedule.evaluated(50.0)

    clock.now += 19 * 50 - 1
    assert not schedule.evaluation_due(8)
    clock.now += 2
    assert schedule.evaluation_due(9)


def test_with_both_limits_the_first_one_counts() -> None:
    clock = _Clock()
    schedule = Schedule(steps=10, seconds=100.0, clock=clock)
    assert schedule.share(4) == 0.45
    clock.now += 80

    assert schedule.share(4) == 0.8
    assert schedule.over(10)
    assert not schedule.over(9)


def test_a_resumed_run_counts_the_time_before() -> None:
    clock = _Clock()
    schedule = Schedule(None, 100.0, earlier=60.0, clock=clock)
    clock.now += 10

    assert schedule.elapsed() == 70.0
    assert schedule.remaining(3) == 30.0


def test_time_before_the_schedule_counts_too() -> None:
    clock = _Clock()
    schedule = Schedule(None, 100.0, started=clock.now - 20, clock=clock)

    assert schedule.elapsed() == 20.0
