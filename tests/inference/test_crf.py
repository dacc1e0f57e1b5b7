import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.errors import SegStudioError
from segstudio.core.options import describe
from segstudio.inference import crf
from segstudio.inference.crf import CrfParameters, Lattices, refine, undecided

AUTHORS = CrfParameters(
    iterations=5,
    smoothness_weight=3.0,
    smoothness_sigma_xy=3.0,
    appearance_weight=10.0,
    appearance_sigma_xy=80.0,
    appearance_sigma_rgb=13.0,
    scribble_confidence=0.7,
)


def two_halves(height: int = 24, width: int = 32) -> np.ndarray:
    picture = np.full((height, width, 3), 40, np.uint8)
    picture[:, width // 2 :] = 200
    return picture


def leaning(shape: tuple[int, int], channels: int = 2, towards: float = 0.6) -> np.ndarray:
    """Probabilities that lean to channel 0 everywhere."""
    values = np.full((channels, *shape), (1 - towards) / (channels - 1), np.float32)
    values[0] = towards
    return values


@pytest.mark.parametrize("number", [1, 2])
def test_the_authors_examples_come_out(number: int, shared_data: Callable[..., Path]):
    examples = shared_data("crf")
    picture, scribbled, expected = (
        np.array(Image.open(examples / f"{kind}{number}.png").convert("RGB"))
        for kind in ("im", "anno", "out")
    )
    colours = [c for c in np.unique(scribbled.reshape(-1, 3), axis=0) if c.any()]
    scribbles = np.full(picture.shape[:2], 255, np.uint8)
    for channel, colour in enumerate(colours):
        scribbles[(scribbled == colour).all(axis=2)] = channel
    refined = refine(picture, undecided(len(colours), scribbles.shape), AUTHORS, scribbles)
    drawn = np.array(colours, np.uint8)[refined.argmax(axis=0)]
    assert (drawn == expected).all(axis=2).mean() >= 0.995


def test_one_scribble_spreads_to_what_looks_alike():
    picture = two_halves()
    scribbles = np.full((24, 32), 255, np.uint8)
    scribbles[4:20, 25] = 1
    refined = refine(picture, leaning((24, 32), towards=0.51), CrfParameters(), scribbles)
    assert (refined.argmax(axis=0)[:, 16:] == 1).all()
    assert (refined.argmax(axis=0)[:, :16] == 0).all()
    assert np.allclose(refined.sum(axis=0), 1, atol=1e-5)


def test_borders_move_to_the_edges_of_the_picture():
    picture = two_halves()
    probabilities = leaning((24, 32), towards=0.8)
    probabilities[:, :, 20:] = probabilities[::-1, :, 20:]  # the model's border is 4 pixels off
    ids = refine(picture, probabilities, CrfParameters()).argmax(axis=0)
    assert (ids == (np.arange(32) >= 16)).all()


def test_arguments_stay_as_they_are_and_may_be_read_only():
    picture, probabilities = two_halves(), leaning((24, 32))
    scribbles = np.zeros((24, 32), np.uint8)
    for array in (picture, probabilities, scribbles):
        array.flags.writeable = False
    refine(picture[:, ::-1], probabilities[:, :, ::-1], CrfParameters(), scribbles)


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (1, 1), (3, 2)])
def test_thin_and_grey_pictures(shape: tuple[int, int]):
    refined = refine(np.full(shape, 9, np.uint8), leaning(shape, 3), CrfParameters())
    assert refined.shape == (3, *shape)
    assert np.isfinite(refined).all()


def test_hard_zeros_and_ones_are_no_trouble():
    probabilities = np.zeros((3, 24, 32), np.float32)
    probabilities[0, :, :16] = probabilities[2, :, 16:] = 1
    refined = refine(two_halves(), probabilities, CrfParameters())
    assert (refined.argmax(axis=0) == np.where(np.arange(32) < 16, 0, 2)).all()
    assert (refined[1] == 0).all(), "what nothing speaks for stays out"


def test_a_class_that_only_scribbles_know_takes_part():
    probabilities = leaning((24, 32), 2)
    unknown = np.concatenate([probabilities, np.zeros((1, 24, 32), np.float32)])
    scribbles = np.full((24, 32), 255, np.uint8)
    scribbles[4:20, 18:30] = 2
    ids = refine(two_halves(), unknown, CrfParameters(), scribbles).argmax(axis=0)
    assert (ids[4:20, 18:30] == 2).all()
    assert (ids[:, :14] == 0).all()


def test_scribbles_alone_are_enough():
    scribbles = np.full((24, 32), 255, np.uint8)
    scribbles[12, 4], scribbles[12, 28] = 0, 1
    ids = refine(two_halves(), undecided(2, (24, 32)), AUTHORS, scribbles).argmax(axis=0)
    assert (ids == (np.arange(32) >= 16)).all()


def test_nothing_asked_nothing_changed():
    probabilities = leaning((24, 32))
    off = CrfParameters(iterations=0, smoothness_weight=0, appearance_weight=0)
    assert np.allclose(refine(two_halves(), probabilities, off), probabilities, atol=1e-5)
    assert np.array_equal(refine(two_halves(), undecided(1, (24, 32)), off), np.ones((1, 24, 32)))


def test_large_pictures_are_refined_in_tiles(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    picture = np.repeat(np.repeat(rng.integers(0, 255, (6, 8, 3), np.uint8), 10, 0), 10, 1)
    probabilities = rng.dirichlet(np.ones(3), (60, 80)).transpose(2, 0, 1).astype(np.float32)
    small = replace(AUTHORS, appearance_sigma_xy=4.0)
    whole = refine(picture, probabilities, small)
    monkeypatch.setattr(crf, "LARGEST_PIXELS", 100)
    monkeypatch.setattr(crf, "_TILE", 48)
    tiled = refine(picture, probabilities, small)
    assert (whole.argmax(axis=0) == tiled.argmax(axis=0)).mean() > 0.99
    assert np.allclose(tiled.sum(axis=0), 1, atol=1e-5)


def test_what_makes_no_sense_is_refused():
    picture, probabilities = two_halves(), leaning((24, 32))
    broken = probabilities.copy()
    broken[0, 3, 3] = np.nan
    with pytest.raises(SegStudioError, match="no numbers"):
        refine(picture, broken, CrfParameters())
    with pytest.raises(SegStudioError, match="differ in size"):
        refine(picture[1:], probabilities, CrfParameters())
    with pytest.raises(SegStudioError, match="differ in size"):
        refine(picture, probabilities, CrfParameters(), np.zeros((3, 3), np.uint8))
    with pytest.raises(SegStudioError, match="8-bit"):
        refine(picture.astype(np.float32), probabilities, CrfParameters())


def test_every_parameter_describes_itself():
    for spec in describe(CrfParameters):
        assert spec.label
        assert spec.tooltip.endswith(".")
        if spec.choices:
            continue
        assert spec.minimum is not None
        assert spec.maximum is not None
        assert spec.minimum <= spec.default <= spec.maximum


def test_the_crf_needs_no_torch():
    code = (
        "import sys, segstudio.inference.crf, segstudio.inference.tiling, "
        "segstudio.inference.mapping, segstudio.inference.pixels, segstudio.inference.device; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_lattices_of_a_picture_are_kept_while_they_fit():
    picture, probabilities = two_halves(), leaning((24, 32))
    lattices = Lattices(picture)
    changes: list[dict[str, float]] = [
        {},
        {"appearance_weight": 2.0},
        {"appearance_sigma_rgb": 30.0},
        {"smoothness_sigma_xy": 5.0},
        {"smoothness_weight": 0.0},
    ]
    for change in changes:
        parameters = replace(AUTHORS, **change)
        kept = refine(picture, probabilities, parameters, lattices=lattices)
        assert np.array_equal(kept, refine(picture, probabilities, parameters))


def test_a_changed_weight_builds_no_lattice(monkeypatch: pytest.MonkeyPatch):
    picture, probabilities = two_halves(), leaning((24, 32))
    lattices = Lattices(picture)
    refine(picture, probabilities, AUTHORS, lattices=lattices)
    monkeypatch.setattr("segstudio.inference.dense_crf.lattice.build", None)
    lighter = replace(AUTHORS, appearance_weight=1.0, smoothness_weight=1.0, iterations=2)
    refine(picture, probabilities, lighter, lattices=lattices)


def test_a_pair_that_must_not_meet_is_kept_apart():
    """A strip between two classes that may not touch goes to the third."""
    picture = np.full((24, 40, 3), 90, np.uint8)
    probabilities = np.full((3, 24, 40), 0.02, np.float32)
    probabilities[0, :, :18] = probabilities[1, :, 22:] = 0.96
    probabilities[0, :, 18:22] = probabilities[1, :, 18:22] = 0.35
    probabilities[2, :, 18:22] = 0.30
    near = CrfParameters(appearance_weight=0.0, smoothness_sigma_xy=2.0, smoothness_weight=2.0)
    plain = refine(picture, probabilities, near).argmax(axis=0)
    assert not (plain[:, 18:22] == 2).any()
    apart = refine(picture, probabilities, replace(near, penalties=((0, 1, 4.0),)))
    assert (apart.argmax(axis=0)[:, 19:21] == 2).all()


def test_penalties_follow_the_channels_that_take_part():
    """Channel 1 says nothing here and is left out: the pair 0, 2 must still be the pair 0, 2."""
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 255, (12, 14, 3), np.uint8)
    two = rng.dirichlet(np.ones(2), (12, 14)).transpose(2, 0, 1).astype(np.float32)
    three = np.stack([two[0], np.zeros_like(two[0]), two[1]])
    parameters = replace(AUTHORS, penalties=((2, 0, 3.0), (1, 2, 9.0)))
    expected = refine(picture, two, replace(AUTHORS, penalties=((1, 0, 3.0),)))
    assert np.array_equal(refine(picture, three, parameters)[[0, 2]], expected)


def test_parameters_survive_a_file():
    parameters = replace(AUTHORS, normalisation="before", penalties=((3, 7, 2.5),))
    assert CrfParameters.from_json(json.loads(json.dumps(parameters.to_json()))) == parameters
    assert CrfParameters.from_json({"iterations": 2, "from the future": 1}).iterations == 2


@pytest.mark.parametrize(
    "entries",
    [
        {"iterations": -1},
        {"iterations": 2.5},
        {"iterations": "five"},
        {"smoothness_sigma_xy": 0},
        {"appearance_weight": float("nan")},
        {"normalisation": "sideways"},
        {"penalties": [[1, 1, 2.0]]},
        {"penalties": [[1, 2, -1.0]]},
        {"penalties": [[1, 2]]},
    ],
)
def test_senseless_parameters_are_refused_by_name(entries: dict[str, object]):
    with pytest.raises(SegStudioError, match="CRF"):
        CrfParameters.from_json(entries)
