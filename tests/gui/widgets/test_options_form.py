"""Forms that build themselves."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.options import option
from segstudio.gui.widgets.choice_row import ChoiceRow
from segstudio.gui.widgets.number_row import NumberRow
from segstudio.gui.widgets.options_form import OptionsForm
from segstudio.gui.widgets.slider_row import SliderRow
from segstudio.gui.widgets.switch_row import SwitchRow


@dataclass(frozen=True)
class Options:
    size: int = option(20, "Size", "How wide", minimum=1, maximum=200, unit="px")
    weight: float = option(
        1.5, "Weight of the pull", "How strong", minimum=0, maximum=9, decimals=1
    )
    shape: str = option("round", "Shape", "Outline", choices=("round", "square", "bf16"))
    pressure: bool = option(False, "Pressure", "Of a pen")
    steps: int = option(1000, "Steps", "How many", minimum=1)
    hidden: str = "kept"


@pytest.fixture
def form(qtbot) -> OptionsForm:
    made = OptionsForm(Options)
    qtbot.addWidget(made)
    made.resize(280, 200)
    made.show()
    return made


@pytest.fixture
def told(form: OptionsForm) -> dict[str, list[Options]]:
    heard: dict[str, list[Options]] = {"changed": [], "settled": []}
    form.options_changed.connect(heard["changed"].append)
    form.options_settled.connect(heard["settled"].append)
    return heard


def test_each_kind_gets_its_row(form: OptionsForm) -> None:
    kinds = [type(row) for row in form.rows.values()]
    assert kinds == [SliderRow, SliderRow, ChoiceRow, SwitchRow, NumberRow]
    assert list(form.rows) == ["size", "weight", "shape", "pressure", "steps"]


def test_labels_and_numbers_stand_in_columns(form: OptionsForm) -> None:
    size, weight = form.rows["size"], form.rows["weight"]
    assert size.slider.x() == weight.slider.x()
    assert size.number.geometry().x() == weight.number.geometry().x()


def test_words_get_a_capital_and_names_do_not(form: OptionsForm) -> None:
    combo = form.rows["shape"].combo
    assert [combo.itemText(i) for i in range(combo.count())] == ["Round", "Square", "bf16"]


def test_typing_gives_a_new_instance_of_the_right_types(form, told) -> None:
    number = form.rows["size"].number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "33")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert told["changed"] == [Options(size=33)]
    assert type(told["changed"][0].size) is int
    assert form.options() == Options(size=33)


def test_switch_and_choice_settle_at_once(form, told) -> None:
    QTest.mouseClick(form.rows["pressure"].switch, Qt.MouseButton.LeftButton)
    QTest.keyClick(form.rows["shape"].combo, Qt.Key.Key_Down)
    assert told["settled"] == [Options(pressure=True), Options(pressure=True, shape="square")]


def test_a_click_on_the_label_flips_the_switch(form, told) -> None:
    QTest.mouseClick(form.rows["pressure"].label, Qt.MouseButton.LeftButton)
    assert told["changed"] == [Options(pressure=True)]


def test_space_flips_the_switch(form, told) -> None:
    QTest.keyClick(form.rows["pressure"].switch, Qt.Key.Key_Space)
    assert told["changed"] == [Options(pressure=True)]


def test_set_options_is_silent_and_keeps_what_is_not_shown(form, told) -> None:
    form.set_options(Options(size=7, steps=5, hidden="mine"))
    assert told["changed"] == []
    assert form.rows["steps"].number.text() == "5"
    QTest.mouseClick(form.rows["pressure"].switch, Qt.MouseButton.LeftButton)
    assert told["changed"] == [Options(size=7, steps=5, pressure=True, hidden="mine")]


def test_reset_is_one_change(form, told) -> None:
    form.set_options(Options(size=7, shape="square", hidden="mine"))
    form.reset()
    assert told["changed"] == told["settled"] == [Options(hidden="mine")]
    assert form.rows["size"].value() == 20


def test_only_some_fields(qtbot) -> None:
    form = OptionsForm(Options, names=("steps", "size"))
    qtbot.addWidget(form)
    assert list(form.rows) == ["steps", "size"]


def test_a_text_without_choices_is_refused(qtbot) -> None:
    @dataclass(frozen=True)
    class Bad:
        title: str = option("", "Title", "")

    with pytest.raises(TypeError, match="title"):
        OptionsForm(Bad)
