"""Correction tools, one file each. A tool turns pointer events into edits; it knows no Qt."""

from collections.abc import Callable

from segstudio.core.registry import Registry
from segstudio.tools.parts.spec import Tool, ToolSpec, UsedBy

registry: Registry[ToolSpec] = Registry("segstudio.tools", "tool", "segstudio.tools")


def tool(
    *,
    name: str,
    label: str,
    icon: str,
    shortcut: str,
    tooltip: str,
    options: type,
    order: int,
    gesture: UsedBy = "stroke",
    edits: bool = True,
    patient: bool = False,
) -> Callable[[type[Tool]], type[Tool]]:
    """Register the decorated class as a tool; the arguments are the fields of its ToolSpec."""

    def register(make: type[Tool]) -> type[Tool]:
        about = (name, label, icon, shortcut, tooltip, options, make, order)
        registry.add(ToolSpec(*about, gesture, edits, patient))
        return make

    return register


def in_order() -> list[ToolSpec]:
    """All tools as a tool bar shows them."""
    return sorted(registry, key=lambda spec: (spec.order, spec.name))
