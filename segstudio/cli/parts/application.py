"""Puts the commands together and turns failures into one line and an exit status."""

import functools
import importlib
from collections.abc import Callable
from typing import Annotated

import typer

from segstudio import __version__, cli
from segstudio.core.errors import SegStudioError

_HELP = """Label pictures pixel by pixel and train segmentation networks on the labels.

segstudio alone opens the window; segstudio PATH opens it on a folder, a picture or a project,
segstudio --sample on the sample project. The commands below need no window.
"""


def application() -> typer.Typer:
    """The typer application with every command of this package."""
    app = typer.Typer(
        name="segstudio",
        help=_HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for command in cli.command_names():
        name = command.replace("-", "_")
        module = importlib.import_module(f"{cli.__name__}.{name}")
        app.command(command)(_failing_in_one_line(getattr(module, name)))
    return app


def _failing_in_one_line(command: Callable[..., None]) -> Callable[..., None]:
    """End with one line on stderr and status 1 where a command fails for a reason it knows."""

    @functools.wraps(command)
    def run(*values: object, **named: object) -> None:
        try:
            command(*values, **named)
        except SegStudioError as error:
            typer.echo(" ".join(str(error).split()), err=True)
            raise typer.Exit(1) from error

    return run


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"segstudio {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    pass
