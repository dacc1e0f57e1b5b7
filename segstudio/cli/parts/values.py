"""Reads option values that typer has no type for; a wrong one is a usage error (status 2)."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import typer


def one_of(names: Sequence[str]) -> Callable[[str], str]:
    """A callback that accepts these values alone."""

    def check(value: str) -> str:
        if value not in names:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(names)}")
        return value

    return check


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """``NAME=VALUE`` texts as a dictionary: true and false, numbers, and else the text itself."""
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--option")
        values[name.strip()] = _plain(value.strip())
    return values


def _plain(text: str) -> Any:
    try:
        value = json.loads(text.lower() if text.lower() in ("true", "false") else text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text
