"""Registries that find their entries: one new thing is one new file."""

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, Protocol, TypeVar

from segstudio.core.errors import SegStudioError


class Named(Protocol):
    """What a registry keeps: anything with a unique name."""

    @property
    def name(self) -> str: ...


Spec = TypeVar("Spec", bound=Named)


class Registry(Generic[Spec]):
    """Specs by name, found in a package's modules and in an entry-point group.

    Parameters
    ----------
    package
        Dotted name of the package whose modules register themselves when imported.
    kind
        The word for one entry in messages: "architecture", "tool".
    group
        Entry-point group of users' own packages; each entry point is imported like a module.
    """

    def __init__(self, package: str, kind: str, group: str) -> None:
        self._package = package
        self._kind = kind
        self._group = group
        self._specs: dict[str, Spec] = {}
        self._discovered = False
        self._discovering = False
        self._lock = threading.RLock()

    def add(self, spec: Spec) -> Spec:
        """Keep a spec.

        Raises
        ------
        ValueError
            Where the name is taken: two files fighting for a name is a mistake of theirs.
        """
        if spec.name in self._specs:
            raise ValueError(f"{self._kind} {spec.name!r} is registered twice")
        self._specs[spec.name] = spec
        return spec

    def get(self, name: str) -> Spec:
        """The spec of this name.

        Raises
        ------
        SegStudioError
            Where there is none; the message lists the names.
        """
        self._discover()
        if name not in self._specs:
            raise SegStudioError(
                f"{self._kind} {name!r}", "is not known", f"Known are: {', '.join(self.names())}."
            )
        return self._specs[name]

    def names(self) -> list[str]:
        """All names, sorted."""
        self._discover()
        return sorted(self._specs)

    def __iter__(self) -> Iterator[Spec]:
        return iter([self._specs[name] for name in self.names()])

    def __contains__(self, name: str) -> bool:
        self._discover()
        return name in self._specs

    def _discover(self) -> None:
        if self._discovered:
            return
        # A thread that comes second must wait for the whole list, not see a part of it.
        with self._lock:
            if self._discovered or self._discovering:
                return
            self._discovering = True
            try:
                self._import_all()
                self._discovered = True
            finally:
                self._discovering = False

    def _import_all(self) -> None:
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.ispkg:
                importlib.import_module(f"{self._package}.{module.name}")
        for entry_point in entry_points(group=self._group):
            entry_point.load()
