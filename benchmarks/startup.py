"""Time from starting the process to the first painted window.

    python benchmarks/startup.py [--runs 7] [--json FILE]

Each run is a fresh interpreter under Qt's offscreen platform. A bare ``QMainWindow`` is started
in turn with SegStudio's window, so that the ratio holds where the machine's speed drifts; the
time at which torch was ready in the background stands beside.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PAINTED = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = True
            QTimer.singleShot(0, self.painted)
        return False
    def painted(self):
        print("painted", time.time() - float(os.environ["STARTED"]), flush=True)
        assert "torch" not in sys.modules
        self.then()
"""

_BARE = (
    _PAINTED
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
watch = Watch(); watch.seen = False; watch.then = app.quit
window.installEventFilter(watch); window.resize(1280, 800); window.show(); app.exec()
"""
)

_SEGSTUDIO = (
    _PAINTED
    + """
from segstudio.gui.app import make_application
from segstudio.gui.main_window import MainWindow
from segstudio.gui.settings import Settings
app = make_application()
window = MainWindow(Settings())
def ready(name, reason):
    print("torch", time.time() - float(os.environ["STARTED"]), flush=True)
    window.close(); app.quit()
window.predicting.device_known.connect(ready)
watch = Watch(); watch.seen = False; watch.then = lambda: None
window.installEventFilter(watch); window.show(); app.exec()
"""
)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    bare, ours, torch = [], [], []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(arguments.runs + 1):
            bare.append(_start(_BARE, home)["painted"])
            times = _start(_SEGSTUDIO, home)
            ours.append(times["painted"])
            torch.append(times["torch"])
    # The first pair warms the disk cache and compiles what is not compiled yet.
    bare, ours, torch = bare[1:], ours[1:], torch[1:]
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    print(f"{'':32} {'median':>8} {'min':>8} {'max':>8}")
    for name, values in (
        ("bare QMainWindow painted, s", bare),
        ("SegStudio painted, s", ours),
        ("torch ready in background, s", torch),
    ):
        median = statistics.median(values)
        print(f"{name:32} {median:8.2f} {min(values):8.2f} {max(values):8.2f}")
    print(f"{'SegStudio / bare window':32} {ratio:8.2f}")
    if arguments.json:
        figures = {"bare": bare, "segstudio": ours, "torch": torch, "ratio": ratio}
        arguments.json.write_text(json.dumps(figures, indent=2))


def _start(program: str, home: str) -> dict[str, float]:
    # pip compiles what it installs; a checkout is compiled at the first start, and read then.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment = {
        **inherited,
        "QT_QPA_PLATFORM": "offscreen",
        "SEGSTUDIO_DATA": home,
        "STARTED": repr(time.time()),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = dict(line.split() for line in done.stdout.splitlines() if line)
    if done.returncode != 0 or "painted" not in found:
        raise SystemExit(f"the window did not start:\n{done.stderr}")
    return {name: float(value) for name, value in found.items()}


if __name__ == "__main__":
    main()
