"""Starts the window."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication

from segstudio import __version__
from segstudio.gui import theme
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings


def run(path: Path | None = None, sample: bool = False) -> int:
    """Open the window on a folder, a picture, the sample project or the welcome page.

    Returns
    -------
    The process's exit status.
    """
    app = make_application()
    window = MainWindow(Settings())
    # Reading a project or drawing the sample takes a moment: the window comes first.
    queued = Qt.ConnectionType.QueuedConnection
    if sample:
        window.appeared.connect(window.general.open_sample, queued)
    elif path is not None:
        window.appeared.connect(partial(window.open_path, path), queued)
    window.show()
    with _closing_on_interrupt(window):
        return app.exec()


def make_application() -> QApplication:
    """The one application object, named and dressed."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("SegStudio")
    app.setApplicationDisplayName("SegStudio")
    app.setApplicationVersion(__version__)
    app.setOrganizationName("SegStudio")
    app.setDesktopFileName("segstudio")
    app.setWindowIcon(theme.application_icon())
    theme.apply(app, Settings().theme_mode)
    return app


@contextmanager
def _closing_on_interrupt(window: MainWindow) -> Iterator[None]:
    """Ctrl+C in the terminal closes the window as its own button does: everything is saved.

    Python runs signal handlers between its own instructions only, and Qt's loop runs none while
    nothing happens; the byte that the signal writes to a socket wakes it.
    """
    ours, wakes = socket.socketpair()
    for end in (ours, wakes):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, window)
    notifier.activated.connect(lambda *_: ours.recv(64))
    handler = signal.signal(signal.SIGINT, lambda *_: window.close())
    wakeup = signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGINT, handler)
        notifier.setEnabled(False)
        ours.close()
        wakes.close()
