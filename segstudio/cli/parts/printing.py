"""What commands print: tables for people, JSON for programs, both on stdout; remarks on stderr."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

_ENDLESS = 10_000


def print_json(data: Any) -> None:
    """One JSON value, and nothing else on stdout."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> None:
    """Rows under headings; the last ``numbers`` columns are set flush right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        right = place >= len(columns) - numbers
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = _ENDLESS  # what a file or a pipe takes must not be folded
    console.print(table)


def remark(text: str) -> None:
    """A line for people that no program should have to skip."""
    print(text, file=sys.stderr, flush=True)


def percent(share: float | None, decimals: int = 2) -> str:
    """A share of 1 as per cent; a dash where there is none."""
    return "-" if share is None else f"{100 * share:.{decimals}f}"
