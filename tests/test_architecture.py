"""The rules of the house: who may import whom, what stays light, what is never called."""

import ast
import importlib.metadata
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "segstudio"
SOURCES = sorted(PACKAGE.rglob("*.py"))
QT = ("PySide6", "shiboken6", "superqt", "pyqtgraph", "qtawesome")
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
]


def module_of(source: Path) -> str:
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tool(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a development tool of this environment in a folder."""
    script = Path(sys.executable).with_name(words[0])
    command = [str(script) if script.exists() else words[0], *words[1:]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def loaded_after_importing(*modules: str) -> set[str]:
    """Top-level packages that a fresh interpreter holds after these imports."""
    lines = "\n".join(f"import {module}" for module in modules)
    done = python(f"{lines}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


# The development tools themselves


@pytest.mark.parametrize(
    "words",
    [
        ("lint-imports", "--no-cache"),
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
    ],
    ids=" ".join,
)
def test_the_tools_have_nothing_to_say(words: tuple[str, ...]) -> None:
    done = tool(*words)
    assert done.returncode == 0, done.stdout + done.stderr


# What a forbidden import does


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package where imports can be planted."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "segstudio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def planted(copy: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    file, line = request.param
    source = copy / "segstudio" / file
    before = source.read_text("utf-8")
    source.write_text(f"{before}\n{line}\n", "utf-8")
    yield copy
    source.write_text(before, "utf-8")


def test_the_copy_keeps_every_contract(copy: Path) -> None:
    done = tool("lint-imports", "--no-cache", folder=copy)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" KEPT") == len(CONTRACTS)


PLANTS = [
    ("Imports only point down", "core/rect.py", "import segstudio.tools"),
    ("Imports only point down", "project/__init__.py", "import segstudio.training"),
    ("Imports only point down", "tools/brush.py", "import segstudio.formats"),
    ("Imports only point down", "workflows/__init__.py", "import segstudio.cli"),
    ("Qt stays at the rim", "core/rect.py", "import PySide6"),
    ("Qt stays at the rim", "workflows/__init__.py", "from PySide6.QtCore import QObject"),
    ("Qt stays at the rim", "cli/__init__.py", "import superqt"),
    ("torch only where networks live", "project/__init__.py", "import torch"),
    ("torch only where networks live", "core/rect.py", "from torch import nn"),
    (
        "The window and the command line reach torch through workflows alone",
        "gui/app.py",
        "import torch",
    ),
    (
        "The window and the command line reach torch through workflows alone",
        "__main__.py",
        "def late():\n    import torchvision",
    ),
    ("Tools do not know each other", "tools/brush.py", "import segstudio.tools.eraser"),
    ("Tools do not know each other", "tools/parts/stroke.py", "import segstudio.tools.eraser"),
    ("Formats do not know each other", "formats/grey_png.py", "from . import indexed_png"),
    ("Networks do not know each other", "models/unet.py", "import segstudio.models.fcn_resnet"),
    (
        "Workflows do not know each other",
        "workflows/evaluate.py",
        "import segstudio.workflows.fine_tune",
    ),
    (
        "Checks of labels do not know each other",
        "core/lint/specks.py",
        "import segstudio.core.lint.slivers",
    ),
    ("No import circle, anywhere", "core/errors.py", "import segstudio.core.document"),
    ("The core needs numpy alone", "core/overlay.py", "import cv2"),
    ("typer and rich stay in the command line", "workflows/__init__.py", "import rich"),
]


@pytest.mark.parametrize(
    ("contract", "planted"), [(plant[0], plant[1:]) for plant in PLANTS], indirect=["planted"]
)
def test_a_forbidden_import_is_found(contract: str, planted: Path) -> None:
    done = tool("lint-imports", "--no-cache", folder=planted)
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout


def test_every_contract_has_a_plant_that_breaks_it() -> None:
    assert {plant[0] for plant in PLANTS} == set(CONTRACTS)


# What stays light


@pytest.mark.parametrize("module", ["segstudio.gui", "segstudio.gui.main_window"])
def test_the_window_does_not_wait_for_torch(module: str) -> None:
    assert not loaded_after_importing(module) & {"torch", "torchvision", "lightning_fabric"}


def test_no_part_of_window_or_command_line_loads_torch_when_imported() -> None:
    rim = [
        module_of(source)
        for source in SOURCES
        if source.relative_to(PACKAGE).parts[0] in ("gui", "cli", "workflows")
    ]
    assert "torch" not in loaded_after_importing(*rim)


def test_the_start_loads_neither_side_before_it_knows_which() -> None:
    heavy = {*QT, "typer", "rich", "numpy", "torch", "cv2"}
    assert not loaded_after_importing("segstudio.__main__") & heavy


def test_settings_masks_and_scores_need_no_torch() -> None:
    modules = ["inference", "inference.crf", "inference.tiling", "training.settings"]
    modules += ["training.metrics", "tools", "formats", "project", "imaging", "samples"]
    assert "torch" not in loaded_after_importing(*(f"segstudio.{module}" for module in modules))


def test_version_is_there_at_once() -> None:
    def seconds() -> float:
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "segstudio", "--version"], capture_output=True, check=True
        )
        assert done.stdout.startswith(b"segstudio ")
        return time.perf_counter() - begin

    assert min(seconds() for _ in range(3)) < 0.3


def test_everything_but_the_window_works_where_qt_is_not_installed() -> None:
    modules = [module_of(source) for source in SOURCES]
    free = [module for module in modules if not module.startswith("segstudio.gui.")]
    blocker = f"import sys\nfor name in {QT!r}: sys.modules[name] = None\n"
    done = python(blocker + "\n".join(f"import {module}" for module in free))
    assert done.returncode == 0, done.stderr


# What is never done


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the package: where, the dotted name called, and the call."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                where = f"{source.relative_to(ROOT)}:{node.lineno}"
                yield where, ast.unparse(node.func), node


def says(call: ast.Call, argument: str, value: object) -> bool:
    return any(
        word.arg == argument and isinstance(word.value, ast.Constant) and word.value.value is value
        for word in call.keywords
    )


def of_own_dump(call: ast.Call) -> bool:
    """Whether this reads back what the same line has pickled: a test whether that is possible."""
    return bool(call.args) and ast.unparse(call.args[0]).startswith("pickle.dumps(")


def test_no_file_is_trusted_to_run_code() -> None:
    offenders = [
        where
        for where, name, call in calls()
        if (name == "torch.load" and not says(call, "weights_only", True))
        or (name in ("np.load", "numpy.load") and not says(call, "allow_pickle", False))
        or (name.startswith(("pickle.load", "pickle.Unpickler")) and not of_own_dump(call))
    ]
    assert offenders == []


def test_the_event_loop_is_never_spun_by_hand() -> None:
    offenders = [where for where, name, _ in calls() if name.endswith("processEvents")]
    assert offenders == []


def test_no_failure_is_swallowed() -> None:
    offenders = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type else "BaseException"
            silent = all(isinstance(line, ast.Pass | ast.Continue) for line in node.body)
            if silent and caught in ("Exception", "BaseException"):
                offenders.append(f"{source.relative_to(ROOT)}:{node.lineno}")
    assert offenders == []


def test_one_opencv_is_installed_and_it_brings_no_qt_of_its_own() -> None:
    names = {
        distribution.metadata["Name"].lower().replace("_", "-")
        for distribution in importlib.metadata.distributions()
    }
    assert {name for name in names if name.startswith("opencv")} == {"opencv-python-headless"}
