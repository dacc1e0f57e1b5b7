"""Every network can be chosen and set up in the dialogs."""

import pytest

from segstudio import models
from segstudio.core.options import describe
from segstudio.gui.architectures import list_architectures
from segstudio.gui.dialogs.parts.architectures import (
    ArchitectureBox,
    ArchitectureChoice,
    ArchitectureOptions,
)


@pytest.fixture(scope="module")
def choices() -> tuple[ArchitectureChoice, ...]:
    return list_architectures()


def test_all_are_offered_family_by_family_and_the_u_net_first(choices) -> None:
    assert choices[0].name == "unet"
    assert sorted(choice.name for choice in choices) == models.names()
    families = [choice.family for choice in choices]
    runs = [f for place, f in enumerate(families) if place == 0 or families[place - 1] != f]
    assert len(runs) == len(set(runs))
    assert all(choice.summary for choice in choices)


def test_the_list_keeps_the_choice(choices, qtbot) -> None:
    box = ArchitectureBox()
    qtbot.addWidget(box)
    assert box.choice() is None
    box.set_choices(choices)
    assert box.choice().name == "unet"
    box.setCurrentIndex(box.findData("fcn_resnet50"))
    box.set_choices(choices[::-1])
    assert box.choice().name == "fcn_resnet50"


@pytest.mark.parametrize("name", models.names())
def test_every_option_has_its_control(name: str, choices, qtbot) -> None:
    (choice,) = (choice for choice in choices if choice.name == name)
    options = ArchitectureOptions()
    qtbot.addWidget(options)
    options.set_architecture(choice)
    assert list(options.form.rows) == [o.name for o in describe(models.spec(name).options)]
    assert options.values() == {}
    assert options.cost.isHidden()
    if choice.first_weights:
        row = options.form.rows["weights"]
        assert row.combo.itemText(0) == "None: random"
        row.combo.setCurrentIndex(1)
        assert options.values() == {"weights": row.choices[1]}
        assert "MB, once" in options.cost.text()
        assert row.combo.itemText(1) == choice.first_weights[0].label
