"""The command line over the workflows: one file per command.

Importing this package costs nothing: typer and rich are loaded by the first command that runs.
"""

import pkgutil
from collections.abc import Sequence


def command_names() -> list[str]:
    """The commands: every module of this package is one, named like it, with dashes."""
    modules = (module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    return [name.replace("_", "-") for name in modules]


def run(words: Sequence[str]) -> int:
    """Run a command line without its first word; gives the exit status."""
    from segstudio.cli.parts.application import application

    try:
        application()(args=list(words), prog_name="segstudio")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0
