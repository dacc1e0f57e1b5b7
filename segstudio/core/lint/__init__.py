"""Checks of finished labels, one file each: what a labeller would want to know after saving.

A check is a pure function from a frame's labels to findings; it changes nothing and knows no
other check.
"""

from collections.abc import Callable

from segstudio.core.lint.parts.spec import CheckSpec, Find, Mend
from segstudio.core.registry import Registry

registry: Registry[CheckSpec] = Registry("segstudio.core.lint", "check", "segstudio.lint")


def check(
    *,
    name: str,
    label: str,
    nouns: tuple[str, str],
    tooltip: str,
    options: type,
    order: int,
    remedy: str = "",
    mend: Mend | None = None,
) -> Callable[[Find], Find]:
    """Register the decorated function as a check; the arguments are the fields of its CheckSpec."""

    def register(find: Find) -> Find:
        registry.add(CheckSpec(name, label, nouns, tooltip, options, find, order, remedy, mend))
        return find

    return register


def in_order() -> list[CheckSpec]:
    """All checks as dialogs and reports name them."""
    return sorted(registry, key=lambda spec: (spec.order, spec.name))
