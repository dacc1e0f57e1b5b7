"""The composition root: window or command line, and what is said to a wrong call."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from segstudio import __main__ as main_module
from segstudio import __version__, cli
from segstudio.__main__ import main
from segstudio.gui import system_libraries


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path | None, bool]]:
    """Stands for the window; remembers what it was asked to open."""
    asked: list[tuple[Path | None, bool]] = []
    window = types.ModuleType("segstudio.gui.app")

    def run(path: Path | None = None, sample: bool = False) -> int:
        asked.append((path, sample))
        return 7

    window.run = run
    monkeypatch.setitem(sys.modules, "segstudio.gui.app", window)
    monkeypatch.setattr("segstudio.gui.app", window, raising=False)
    return asked


def test_without_words_the_window_opens(opened: list[object]) -> None:
    assert main([]) == 7
    assert opened == [(None, False)]


def test_sample_opens_the_sample_project(opened: list[object]) -> None:
    assert main(["--sample"]) == 7
    assert opened == [(None, True)]


def test_a_folder_or_picture_is_opened(opened: list[object], tmp_path: Path) -> None:
    picture = tmp_path / "ein Bild Ä.png"
    picture.write_bytes(b"")
    assert main([str(tmp_path)]) == main([str(picture)]) == 7
    assert opened == [(tmp_path, False), (picture, False)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["segmnet"], "'segmnet' is neither a command nor a file or folder that exists"),
        (["nowhere/at/all.png"], "neither a command nor a file"),
        ([".", "."], "one thing at a time"),
        (["--sample", "."], "one thing at a time"),
    ],
)
def test_a_wrong_call_is_answered_with_the_commands(
    words: list[str], said: str, opened: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert opened == []
    complaint = capsys.readouterr()
    assert complaint.out == ""
    assert said in complaint.err
    assert "--help" in complaint.err
    assert all(name in complaint.err for name in cli.command_names())
    assert complaint.err.count("\n") == 1


def test_a_folder_named_like_a_command_is_reached_by_its_path(
    opened: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sample").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["./sample"]) == 7
    assert len(opened) == 1


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"segstudio {__version__}\n"


def test_what_the_system_lacks_is_said_in_one_line(
    opened: list[object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system_libraries, "problem", lambda environment: "libX is missing.")
    assert main([]) == 1
    assert opened == []
    assert capsys.readouterr().err == "libX is missing.\n"


def test_a_missing_qt_is_said_in_one_line() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None; "
        "from segstudio.__main__ import main; sys.exit(main([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "PySide6" in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_display_ends_in_a_line_and_not_in_an_abort() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux starts without a display")
    bare = {k: v for k, v in os.environ.items() if "DISPLAY" not in k and not k.startswith("QT_")}
    done = subprocess.run(
        [sys.executable, "-m", "segstudio"], env=bare, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "There is no display" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_installed_command_is_this_main() -> None:
    from importlib.metadata import entry_points

    (command,) = entry_points(group="console_scripts", name="segstudio")
    assert command.load() is main_module.main
