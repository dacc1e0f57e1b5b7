"""How sure a model is, as a plane."""

import numpy as np
import pytest

from segstudio.inference import uncertainty
from segstudio.inference.uncertainty import uncertainty_plane


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
