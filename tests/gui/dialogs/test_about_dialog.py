"""The small page about the program."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from segstudio import __version__
from segstudio.gui.dialogs import about


def test_it_names_version_licence_and_parts(qtbot):
    dialog = about.AboutDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    shown = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for word in (__version__, "MIT licence", version("torch"), version("PySide6-Essentials")):
        assert word in shown
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert f"SegStudio {__version__}\n" in QGuiApplication.clipboard().text()


def test_a_part_that_is_not_installed_is_said(monkeypatch):
    def missing(package):
        raise about.PackageNotFoundError(package)

    monkeypatch.setattr(about, "version", missing)
    assert ("PyTorch", "not installed") in about.versions()


@pytest.mark.parametrize("module", ["about", "export_masks", "segment_folder"])
def test_dialogs_do_not_import_torch(module):
    looking = f"import sys, segstudio.gui.dialogs.{module}; print('torch' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
