"""Where everything is put together: opens the window or hands over to the command line.

Neither side is imported before it is known which one is wanted: a command must not wait for Qt,
nor the window for the command line's parts.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from segstudio import __version__, cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SegStudio; gives the exit status: 0 done, 1 failed, 2 called in a wrong way."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        print(f"segstudio {__version__}")
        return 0
    if not words or words == ["--sample"]:
        return _window(None, sample=bool(words))
    first = words[0]
    if first in cli.command_names() or (first.startswith("-") and first != "--sample"):
        return cli.run(words)
    if len(words) > 1:
        return _misused(f"{first!r} is no command, and the window opens one thing at a time.")
    if not Path(first).exists():
        return _misused(f"{first!r} is neither a command nor a file or folder that exists.")
    return _window(Path(first), sample=False)


def _window(path: Path | None, *, sample: bool) -> int:
    # Qt does not return from a missing library, so what it needs is looked at before.
    from segstudio.gui import system_libraries

    problem = system_libraries.problem(os.environ)
    if problem is None:
        try:
            from segstudio.gui import app
        except ImportError as error:
            problem = system_libraries.explain(error)
        else:
            return app.run(path, sample)
    print(problem, file=sys.stderr)
    return 1


def _misused(reason: str) -> int:
    names = ", ".join(cli.command_names())
    print(f"{reason} Commands are {names}; see segstudio --help.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
