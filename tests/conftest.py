"""What all tests share: no screen, folders of their own, and nothing left running."""

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports Qt: tests need no screen, unless somebody asks to watch them.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Beside other workers one thread each is quicker than all of them fighting for the processors.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("segstudio", deadline=None, max_examples=40)
# The same examples in every run: a red build is a change's fault, not luck's.
settings.register_profile("ci", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "segstudio")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
_GRACE_SECONDS = 5.0


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, fallback projects and downloads of tests stay out of the user's folders."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SEGSTUDIO_DATA", "SEGSTUDIO_CACHE"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Callable[..., Path]:
    """``shared_data("camvid", "val")``: a folder of the shared data; skips where it is absent."""

    def find(*parts: str) -> Path:
        path = SHARED_DATA.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"{path} is not on this machine")
        return path

    return find


@pytest.fixture(autouse=True)
def no_measuring(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loaded machine is slow, and the window would measure backends for the tiniest network."""
    if request.path.relative_to(ROOT / "tests").parts[0] in ("gui", "e2e"):
        monkeypatch.setattr("segstudio.gui.predicting.MEASURES", False)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test of the window, no thread, process or open widget of it is left."""
    room = request.path.relative_to(ROOT / "tests").parts[0]
    if room not in ("gui", "e2e"):
        yield
        return
    threads, widgets = set(threading.enumerate()), _open_widgets()
    yield
    left = _wait_until_gone(lambda: set(threading.enumerate()) - threads)
    assert not left, f"threads still run: {left}"
    processes = _wait_until_gone(multiprocessing.active_children)
    assert not processes, f"processes still run: {processes}"
    open_widgets = _wait_until_gone(lambda: _open_widgets() - widgets)
    assert not open_widgets, f"widgets still open: {open_widgets}"


def _wait_until_gone(left: Callable[[], object]) -> object:
    end = time.monotonic() + _GRACE_SECONDS
    while left() and time.monotonic() < end:
        gc.collect()
        time.sleep(0.02)
    return left()


def _open_widgets() -> set[str]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    top = widgets.QApplication.topLevelWidgets()
    return {f"{widget!r} at {id(widget)}" for widget in top if widget.isVisible()}
