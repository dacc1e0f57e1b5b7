"""How sure a model is, as a plane."""

import numpy as np
import pytest

from segstudio.inference import uncertainty
from segstudio.inference.uncertainty import mean_uncertainty, uncertainty_plane


def test_certain_is_0_and_undecided_is_255() -> None:
    values = np.zeros((4, 1, 3), np.float32)
    values[2, 0, 0] = 1.0
    values[:, 0, 1] = 0.25
    values[:2, 0, 2] = 0.5
    assert uncertainty_plane(values).tolist() == [[0, 255, 128]]


def test_bands_of_rows_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).dirichlet(np.ones(5), (37, 20)).transpose(2, 0, 1)
    values = np.ascontiguousarray(values, np.float32)
    whole = uncertainty_plane(values)
    monkeypatch.setattr(uncertainty, "_VALUES_AT_ONCE", 5 * 20 * 3)
    assert np.array_equal(uncertainty_plane(values), whole)


def test_one_class_is_always_certain() -> None:
    assert not uncertainty_plane(np.ones((1, 3, 3), np.float32)).any()


def test_the_mean_of_a_large_frame_is_read_off_a_grid(monkeypatch) -> None:
    rng = np.random.default_rng(3)
    values = rng.dirichlet(np.ones(4), (60, 80)).transpose(2, 0, 1).astype(np.float32)
    exact = mean_uncertainty(values)
    assert exact == pytest.approx(uncertainty_plane(values).mean() / 255, abs=0.002)
    monkeypatch.setattr(uncertainty, "_ENOUGH_PIXELS", 600)
    coarse = mean_uncertainty(values)
    assert coarse != exact and coarse == pytest.approx(exact, abs=0.03)


def test_a_sure_model_has_no_doubt_and_a_clueless_one_only_doubt() -> None:
    sure = np.zeros((3, 5, 7), np.float32)
    sure[1] = 1
    assert mean_uncertainty(sure) == pytest.approx(0, abs=1e-4)
    assert mean_uncertainty(np.full((3, 5, 7), 1 / 3, np.float32)) == pytest.approx(1)
