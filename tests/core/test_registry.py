"""Registries: one new thing is one new file."""

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from segstudio.core import registry as registry_module
from segstudio.core.errors import SegStudioError
from segstudio.core.registry import Registry

LEAF = """
from zoo import registry
from tests_animal import Animal
registry.add(Animal({name!r}))
"""


@dataclass(frozen=True)
class Animal:
    name: str


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a registry, two leaves and a room of shared parts."""
    package = tmp_path / "zoo"
    (package / "parts").mkdir(parents=True)
    (package / "parts" / "__init__.py").write_text("raise AssertionError('parts are no leaves')")
    (package / "__init__.py").write_text(
        "from segstudio.core.registry import Registry\n"
        "registry = Registry('zoo', 'animal', 'segstudio.test_animals')\n"
    )
    (tmp_path / "tests_animal.py").write_text(
        "from dataclasses import dataclass\n@dataclass\nclass Animal:\n    name: str\n"
    )
    for name in ("zebra", "ape"):
        (package / f"{name}.py").write_text(LEAF.format(name=name))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] in ("zoo", "tests_animal")]:
        del sys.modules[name]


def load() -> Registry[Animal]:
    found: Registry[Animal] = importlib.import_module("zoo").registry
    return found


@pytest.mark.usefixtures("zoo")
def test_leaves_are_found_and_sorted() -> None:
    registry = load()
    assert registry.names() == ["ape", "zebra"]
    assert [entry.name for entry in registry] == ["ape", "zebra"]
    assert registry.get("ape").name == "ape"
    assert "zebra" in registry
    assert "parts" not in registry


def test_a_new_file_is_a_new_entry(zoo: Path) -> None:
    (zoo / "bear.py").write_text(LEAF.format(name="bear"))
    assert load().names() == ["ape", "bear", "zebra"]


def test_two_files_with_one_name_are_a_mistake(zoo: Path) -> None:
    (zoo / "impostor.py").write_text(LEAF.format(name="ape"))
    with pytest.raises(ValueError, match="animal 'ape' is registered twice"):
        load().names()


@pytest.mark.usefixtures("zoo")
def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SegStudioError, match=r"animal 'cow': is not known.*ape, zebra"):
        load().get("cow")


def test_threads_that_ask_at_once_all_see_every_entry(zoo: Path) -> None:
    (zoo / "ape.py").write_text("import time\ntime.sleep(0.1)\n" + LEAF.format(name="ape"))
    registry = load()
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: registry.names(), range(4)))
    assert seen == [["ape", "zebra"]] * 4


def test_a_users_package_adds_its_own(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (zoo.parent / "tests_animal_plugin.py").write_text(LEAF.format(name="dodo"))
    plugin = EntryPoint("dodo", "tests_animal_plugin", "segstudio.test_animals")

    def find(*, group: str) -> list[EntryPoint]:
        return [plugin] if group == plugin.group else []

    monkeypatch.setattr(registry_module, "entry_points", find)
    assert load().names() == ["ape", "dodo", "zebra"]
    monkeypatch.delitem(sys.modules, "tests_animal_plugin")
