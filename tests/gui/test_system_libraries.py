"""What a bare Linux lacks is named with its remedy, before Qt aborts over it."""

import ctypes
import ctypes.util
import subprocess
import sys
from pathlib import Path

import pytest

from segstudio.gui import system_libraries

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux leaves these libraries to the user"
)
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of libraries that cannot be loaded in this test; all others can."""
    names: set[str] = set()

    def load(name: str) -> object:
        if name in names:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    return names


@pytest.mark.usefixtures("lacking")
def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert system_libraries.problem(OFFSCREEN) is None
    assert system_libraries.problem({"WAYLAND_DISPLAY": "wayland-0"}) is None


def test_missing_libraries_are_named_with_their_packages(lacking: set[str]) -> None:
    lacking |= {"libEGL.so.1", "libxkbcommon.so.0"}
    assert system_libraries.problem(OFFSCREEN) == (
        "The window needs system libraries that are missing: libEGL.so.1, libxkbcommon.so.0. "
        "On Debian or Ubuntu: sudo apt install libegl1 libxkbcommon0"
    )


def test_what_the_display_needs_is_asked_for_along_with_the_rest(lacking: set[str]) -> None:
    lacking |= {"libEGL.so.1", "libxcb-cursor.so.0"}
    said = system_libraries.problem({"DISPLAY": ":0"})
    assert said is not None
    assert said.endswith("sudo apt install libegl1 libxcb-cursor0")


def test_libraries_of_a_display_that_is_not_used_are_not_asked_for(lacking: set[str]) -> None:
    lacking |= {"libxcb-cursor.so.0"}
    assert system_libraries.problem(OFFSCREEN) is None
    assert system_libraries.problem({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}) is None
    assert system_libraries.problem({"QT_QPA_PLATFORM": "wayland"}) is None


def test_the_platform_asked_for_decides(lacking: set[str]) -> None:
    lacking |= {"libwayland-cursor.so.0"}
    said = system_libraries.problem({"QT_QPA_PLATFORM": "wayland-egl", "DISPLAY": ":0"})
    assert said is not None
    assert "libwayland-cursor0" in said


def test_no_display_at_all_is_said() -> None:
    said = system_libraries.problem({})
    assert said is not None
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in said


@pytest.mark.skipif(ctypes.util.find_library("xcb-cursor") is None, reason="no X libraries here")
def test_a_display_that_does_not_answer_is_said() -> None:
    said = system_libraries.problem({"DISPLAY": ":7654"})
    assert said is not None
    assert "':7654' cannot be opened" in said


def test_other_systems_bring_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert system_libraries.problem({}) is None


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ModuleNotFoundError("No module named 'PySide6'", name="PySide6"), "pip install"),
        (ImportError("libfoo.so.1: cannot open", name="PySide6.QtGui"), "libfoo.so.1"),
        (ImportError("cannot import name 'x' from 'superqt'", name="superqt"), "superqt"),
    ],
)
def test_a_failed_import_is_explained(error: ImportError, word: str) -> None:
    assert word in system_libraries.explain(error)


def test_the_libraries_listed_are_what_this_qt_links_to() -> None:
    """Every library that Qt's own files need is listed, is Qt's own, or comes with Python."""
    pyside = pytest.importorskip("PySide6")
    folder = Path(pyside.__file__).parent / "Qt"
    files = [folder / f"lib/libQt6{name}.so.6" for name in ("Gui", "Widgets", "XcbQpa")]
    files.append(folder / "plugins/platforms/libqxcb.so")
    try:
        dumped = subprocess.run(
            ["objdump", "-p", *files], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("objdump is not on this machine")
    needed = {line.split()[1] for line in dumped.splitlines() if line.strip().startswith("NEEDED")}
    everywhere = ("libQt6", "libc.", "libm.", "libgcc", "libstdc", "libpthread", "libdl", "libz.")
    everywhere += ("libicu", "ld-linux", "librt.", "libgthread")
    listed = {*system_libraries._WINDOW, *system_libraries._PLATFORMS["xcb"]}
    missing = {name for name in needed if not name.startswith(everywhere)} - listed
    assert missing <= {"libxcb.so.1"}, "comes with every libX11"
