"""What is left open in the settings is chosen sensibly, and what is said stands."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models import Normalisation
from segstudio.models.checkpoint import Checkpoint
from segstudio.training.plan import Plan, make_plan, run_length
from segstudio.training.settings import DEFAULT_STEPS, TrainSettings


def _plan(size: tuple[int, int] = (360, 480), on_cpu: bool = True, **settings: Any) -> Plan:
    return make_plan(TrainSettings(**settings), size, has_colour=True, on_cpu=on_cpu)


def test_a_processor_trains_narrow_and_at_half_resolution() -> None:
    plan = _plan()

    assert plan.scale == 0.5
    assert plan.crop == (176, 240)
    assert plan.options["width"] < 64


def test_a_graphics_card_trains_the_full_network_at_full_resolution() -> None:
    plan = _plan(on_cpu=False)

    assert plan.scale == 1.0
    assert plan.crop == (352, 480)
    assert "width" not in plan.options


@pytest.mark.parametrize("size", [(20, 30), (100, 4000), (512, 512), (1080, 1920), (9000, 9000)])
@pytest.mark.parametrize("on_cpu", [False, True])
def test_any_picture_size_gives_a_usable_crop(size: tuple[int, int], on_cpu: bool) -> None:
    plan = _plan(size, on_cpu)

    assert 0.25 <= plan.scale <= 1.0
    for edge in plan.crop:
        assert edge % 16 == 0
        assert 32 <= edge <= 512


def test_what_a_person_chose_stands() -> None:
    plan = _plan(
        options={"width": 48}, scale=0.75, crop=(33, 65), batch_size=3, lr=0.5, loss="ce+dice"
    )

    assert (plan.options, plan.scale, plan.crop) == ({"width": 48}, 0.75, (33, 65))
    assert (plan.batch_size, plan.lr, plan.loss) == (3, 0.5, "ce+dice")


def test_grey_pictures_need_one_channel() -> None:
    assert make_plan(TrainSettings(), (64, 64), has_colour=False, on_cpu=True).channels == 1


def test_a_start_checkpoint_brings_its_network_and_a_lower_rate() -> None:
    start = Checkpoint(
        "unet",
        {"width": 4, "depth": 1},
        ClassTable.of_names("ab"),
        1,
        Normalisation((0.3,), (0.2,)),
        scale=0.375,
    )

    plan = make_plan(TrainSettings(), (360, 480), has_colour=True, on_cpu=True, start=start)

    assert (plan.architecture, plan.options, plan.channels) == ("unet", start.options, 1)
    assert (plan.scale, plan.normalisation) == (0.375, start.normalisation)
    assert plan.lr < _plan().lr


@pytest.mark.parametrize("name", [name for name in models.names() if models.spec(name).initial])
def test_published_first_weights_keep_their_width_and_learn_slowly(name: str) -> None:
    for weights, initial in models.spec(name).initial.items():
        plan = _plan(model=name, options={"weights": weights})

        # What they need goes into the checkpoint; where training began does not.
        assert plan.options == dict(initial.options)
        assert plan.lr < _plan(model="unet").lr


@pytest.mark.parametrize("on_cpu", [True, False])
def test_a_network_without_normalisation_learns_slowly_unless_a_person_says_otherwise(
    on_cpu: bool,
) -> None:
    name = "refinenet_resnet50"
    assert _plan(on_cpu=on_cpu, model=name).lr == models.spec(name).highest_lr
    assert _plan(on_cpu=on_cpu, model=name, lr=0.01).lr == 0.01


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SegStudioError, match="option 'wide' of unet: does not exist"):
        _plan(options={"wide": 3})


def test_a_plan_survives_json() -> None:
    plan = _plan(options={"width": 8})

    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize(
    ("settings", "length"),
    [
        ({}, (DEFAULT_STEPS, None)),
        ({"steps": 7}, (7, None)),
        ({"minutes": 2}, (None, 120)),
        ({"steps": 7, "minutes": 2}, (7, 120)),
    ],
)
def test_a_run_ends_by_steps_or_minutes(settings: dict[str, Any], length: tuple[Any, Any]) -> None:
    assert run_length(TrainSettings(**settings)) == length


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("loss", "l2"),
        ("augmentation", "wild"),
        ("precision", "int4"),
        ("steps", 0),
        ("minutes", 0.0),
        ("minutes", float("nan")),
        ("batch_size", 0),
        ("crop", (0, 8)),
        ("scale", 1.5),
        ("lr", -1.0),
        ("weight_decay", -0.1),
        ("seed", -1),
        ("validation_share", 1.0),
        ("evaluate_every", 0),
        ("void_ids", (256,)),
    ],
)
def test_senseless_settings_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(SegStudioError, match=name.split("_")[0]):
        TrainSettings(**{name: value})


def test_settings_survive_json_and_processes() -> None:
    settings = TrainSettings(crop=(64, 96), void_ids=(11,), init=Path("a/b"), options={"width": 8})

    assert TrainSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301


@pytest.mark.parametrize(
    "module", ["training.settings", "training.metrics", "training.report", "workflows.fine_tune"]
)
def test_settings_and_scores_do_not_load_torch(module: str) -> None:
    program = f"import sys, segstudio.{module}; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
