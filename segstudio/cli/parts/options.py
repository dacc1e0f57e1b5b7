"""Options of a dataclass as options of a command."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from segstudio.core.options import OptionSpec, describe

Command = Callable[..., None]


def with_options(options_type: type) -> Callable[[Command], Command]:
    """Give a command one option for each described field of a dataclass.

    The command's last parameter, ``given``, gets those that were named on the command line as a
    dictionary.
    """

    def widened(command: Command) -> Command:
        own = inspect.signature(command)
        shown = [p for p in own.parameters.values() if p.name != "given"]
        added = [_parameter(spec) for spec in describe(options_type)]
        names = {parameter.name for parameter in added}

        def run(**values: Any) -> None:
            given = {name: values.pop(name) for name in names}
            command(**values, given={name: v for name, v in given.items() if v is not None})

        run.__signature__ = own.replace(parameters=[*shown, *added])  # type: ignore[attr-defined]
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.__annotations__ = {p.name: p.annotation for p in (*shown, *added)}
        return run

    return widened


def _parameter(spec: OptionSpec) -> inspect.Parameter:
    help_text = f"{spec.label}: {spec.tooltip}"
    if spec.choices:
        help_text += f" One of {', '.join(map(str, spec.choices))}."
    unit = f" {spec.unit}" if spec.unit else ""
    option = typer.Option(help=f"{help_text} Default: {spec.default}{unit}.", show_default=False)
    return inspect.Parameter(
        spec.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[spec.kind | None, option],
    )
