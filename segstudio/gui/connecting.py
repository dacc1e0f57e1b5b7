"""Panels and the controllers behind them: which signal of one is heard by the other."""

from collections.abc import Callable

from segstudio.gui.model_choices import Choices
from segstudio.gui.notices import Notice
from segstudio.gui.panels.crf import CrfPanel
from segstudio.gui.panels.model import ModelChoice, ModelPanel
from segstudio.gui.predicting import Predicting
from segstudio.gui.refining import Refining


def connect_models(
    panel: ModelPanel, predicting: Predicting, device: str, notify: Callable[[Notice], object]
) -> None:
    """Choose models and devices, and predict; ``device`` is the one set at first."""

    def show_choices(choices: Choices) -> None:
        panel.set_choices([ModelChoice(c.key, c.label, c.detail, c.group) for c in choices.entries])
        panel.set_chosen(predicting.chosen)
        for failure in choices.failures:
            notify(Notice(failure, "error"))

    predicting.choices_changed.connect(show_choices)
    predicting.state_changed.connect(panel.set_state)
    predicting.device_known.connect(lambda _name, reason: panel.set_device_reason(reason))
    predicting.device_chosen.connect(panel.set_device)
    panel.model_chosen.connect(predicting.choose)
    panel.device_chosen.connect(predicting.choose_device)
    panel.predict_requested.connect(predicting.predict)
    panel.predict_on_open_toggled.connect(predicting.set_predict_on_open)
    panel.set_device_choices(["auto", "cpu", "cuda", "mps"])
    panel.set_device(device)


def connect_crf(panel: CrfPanel, refining: Refining) -> None:
    """Switch the CRF and move its sliders."""
    panel.toggled.connect(refining.set_enabled)
    panel.changed.connect(refining.set_parameters)
    panel.settled.connect(lambda _parameters: refining.settle())
    refining.restored.connect(panel.set_parameters)
    refining.available_changed.connect(panel.set_available)
    refining.busy_changed.connect(panel.set_busy)
