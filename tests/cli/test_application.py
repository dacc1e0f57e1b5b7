"""The command line as a whole: help, names, failures."""

import pytest
from typer.testing import CliRunner

from segstudio import __version__, cli
from segstudio.cli.parts.application import application
from tests.cli.conftest import Call

COMMANDS = [
    "crf",
    "evaluate",
    "export",
    "finetune",
    "import-checkpoint",
    "lint",
    "models",
    "sample",
    "segment",
]


def test_every_file_is_a_command() -> None:
    assert cli.command_names() == COMMANDS


def test_help_names_the_window_and_every_command(call: Call) -> None:
    answer = call("--help")
    assert answer.status == 0
    assert all(word in answer.out for word in [*COMMANDS, "--sample", "PATH", "--version"])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_explains_every_option(call: Call, name: str) -> None:
    import typer

    answer = call(name, "--help")
    assert answer.status == 0
    for parameter in typer.main.get_command(application()).commands[name].params:
        assert parameter.help, parameter.name
        shown = parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[0]
        assert shown in answer.out


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("sample", ["--scenes", "--cells", "--seed"]),
        ("models", ["--json"]),
        (
            "import-checkpoint",
            ["--model", "--classes", "--out", "--option", "--overwrite", "--json"],
        ),
        ("segment", ["--model", "--out", "--crf", "--device", "--overwrite", "--json"]),
        (
            "finetune",
            [
                "--model",
                "--out",
                "--val",
                "--init",
                "--steps",
                "--minutes",
                "--batch-size",
                "--crop",
                "--lr",
                "--loss",
                "--void",
                "--seed",
                "--device",
                "--resume",
                "--json",
                "--option",
            ],
        ),
        ("evaluate", ["--void", "--classes", "--json"]),
        ("export", ["--format", "--out"]),
        ("crf", ["--probabilities", "--scribbles", "--out", "--iterations", "--params"]),
        ("lint", ["--specks", "--json"]),
    ],
)
def test_the_promised_options_exist(call: Call, command: str, options: list[str]) -> None:
    shown = call(command, "--help").out.split()
    assert set(options) <= set(shown)


def test_version_through_the_application(call: Call) -> None:
    assert call("--version").out == f"segstudio {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["finetune"],
        ["finetune", "x", "--out", "y"],
        ["finetune", "x", "--model", "unet", "--resume"],
        ["finetune", "x", "--model", "unet", "--out", "y", "--loss", "hinge"],
        ["finetune", "x", "--model", "unet", "--out", "y", "--steps", "0"],
        ["finetune", "x", "--model", "unet", "--out", "y", "--crop", "64"],
        ["finetune", "x", "--model", "unet", "--out", "y", "--option", "width"],
        ["finetune", "x", "--model", "unet", "--out", "y", "--void", "256"],
        ["segment", "x"],
        ["export", "x", "--out", "y", "--format", "no-such-format"],
        ["sample"],
        ["sample", "x", "--scenes", "-1"],
        ["models", "too", "many"],
        ["--no-such-option"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_a_usage_error(call: Call, words: list[str]) -> None:
    answer = call(*words)
    assert answer.status == 2
    assert answer.out == ""
    assert "Error" in answer.err


def test_the_application_runs_under_typers_own_runner() -> None:
    answer = CliRunner().invoke(application(), ["evaluate", "nowhere", "nowhere"])
    assert answer.exit_code == 1
    assert answer.output.count("nowhere: does not exist.") == 1
