"""Progress on stderr, and stopping in an orderly way."""

import io
import signal
from collections.abc import Iterator

import pytest
from rich.console import Console

from segstudio.cli.parts import progress
from segstudio.cli.parts.values import assignments
from segstudio.core.progress import Progress


class Work:
    """A workflow of some steps; remembers whether it was closed and how far it came."""

    def __init__(self, steps: int = 5, interrupt_at: int = -1) -> None:
        self.closed = False
        self.reached = 0
        self._steps, self._interrupt_at = steps, interrupt_at

    def run(self) -> Iterator[Progress]:
        try:
            yield Progress(0, 0, "Opening the data")
            for step in range(1, self._steps + 1):
                if step == self._interrupt_at:
                    signal.raise_signal(signal.SIGINT)
                self.reached = step
                yield Progress(step, self._steps, f"Step {step}", step * 10)
        finally:
            self.closed = True


def test_the_last_payload_is_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    work = Work()
    assert progress.run(work.run()) == 50
    assert work.closed
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "Opening the data\n"


def test_a_list_of_progress_will_do() -> None:
    assert progress.run(iter([Progress(1, 1, "", "result")])) == "result"


def test_work_that_fails_is_closed() -> None:
    def work() -> Iterator[Progress]:
        yield Progress(0, 1)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        progress.run(work())


def test_the_first_interrupt_stops_between_two_steps_and_closes() -> None:
    before = signal.getsignal(signal.SIGINT)
    work = Work(interrupt_at=3)
    assert progress.run_until_stopped(work.run(), progress.Wording()) == (30, True)
    assert work.closed
    assert work.reached == 3
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_interrupt_stops_at_once() -> None:
    def stubborn() -> Iterator[Progress]:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        yield Progress(1, 1)

    with pytest.raises(KeyboardInterrupt):
        progress.run_until_stopped(stubborn(), progress.Wording())


def test_work_that_is_not_interrupted_ends_by_itself() -> None:
    assert progress.run_until_stopped(Work().run(), progress.Wording()) == (50, False)


def test_where_nobody_watches_a_line_comes_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(0, 1000, 4))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(times)))
    progress.run(Work(steps=20).run())
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Opening the data"
    assert lines[1].endswith("% Step 3")
    assert 3 <= len(lines) <= 12


def test_on_a_terminal_there_is_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=90, markup=False)
    monkeypatch.setattr(progress, "Console", lambda **_: terminal)
    assert progress.run(Work().run()) == 50
    text = screen.getvalue()
    assert "Opening the data" in text
    assert "Step 5" in text
    assert "100%" in text
    assert text.endswith("\x1b[2K"), "the bar is wiped away at the end"


def test_option_values_are_read_as_what_they_look_like() -> None:
    texts = ["width=32", "dropout = 0.5", "aux=true", "bn=False", "up=bilinear", "eq=a=b", "n=null"]
    assert assignments(texts) == {
        "width": 32,
        "dropout": 0.5,
        "aux": True,
        "bn": False,
        "up": "bilinear",
        "eq": "a=b",
        "n": "null",
    }
