"""Our engine against the authors' program, and against plain sums over all pairs of pixels."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio.inference.crf import CrfParameters, refine
from segstudio.inference.crf_parameters import NORMS, Norm
from segstudio.inference.dense_crf.lattice import Lattice, build
from segstudio.inference.dense_crf.mean_field import Term, infer
from segstudio.inference.dense_crf.strips import Threads, parts, strips

Floats = NDArray[np.float32]


def drawn(seed: int, shape: tuple[int, int], channels: int) -> tuple[NDArray[np.uint8], Floats]:
    """A picture of noisy blocks, and probabilities that lean to something in each block."""
    rng = np.random.default_rng(seed)
    rows, columns = (np.arange(edge) // 5 for edge in shape)
    blocks = rng.integers(0, 255, (rows[-1] + 1, columns[-1] + 1, 3))
    picture = blocks[rows[:, None], columns] + rng.normal(0, 6, (*shape, 3))
    lean = rng.dirichlet(np.ones(channels), blocks.shape[:2])[rows[:, None], columns]
    noisy = lean + rng.dirichlet(np.ones(channels), shape)
    probabilities = (noisy / noisy.sum(axis=2, keepdims=True)).transpose(2, 0, 1)
    return picture.clip(0, 255).astype(np.uint8), probabilities.astype(np.float32)


def by_the_authors(
    picture: NDArray[np.uint8], probabilities: Floats, parameters: CrfParameters
) -> Floats:
    dense = pytest.importorskip(
        "pydensecrf.densecrf", reason="pydensecrf2 cannot be built for Python 3.13"
    )
    channels, height, width = probabilities.shape
    norm = {
        "symmetric": dense.NORMALIZE_SYMMETRIC,
        "before": dense.NORMALIZE_BEFORE,
        "after": dense.NORMALIZE_AFTER,
        "none": dense.NO_NORMALIZATION,
    }[parameters.normalisation]
    penalties = 1.0 - np.eye(channels, dtype=np.float32)
    for one, other, factor in parameters.penalties:
        penalties[one, other] = penalties[other, one] = factor
    field = dense.DenseCRF2D(width, height, channels)
    unary = -np.log(np.clip(probabilities, 1e-5, 1)).reshape(channels, -1)
    field.setUnaryEnergy(np.ascontiguousarray(unary))
    field.addPairwiseGaussian(
        sxy=parameters.smoothness_sigma_xy,
        compat=penalties * np.float32(parameters.smoothness_weight),
        normalization=norm,
    )
    field.addPairwiseBilateral(
        sxy=parameters.appearance_sigma_xy,
        srgb=parameters.appearance_sigma_rgb,
        rgbim=np.ascontiguousarray(picture),
        compat=penalties * np.float32(parameters.appearance_weight),
        normalization=norm,
    )
    refined = np.array(field.inference(parameters.iterations), np.float32)
    return refined.reshape(probabilities.shape)


@st.composite
def parameter_sets(draw: st.DrawFn) -> CrfParameters:
    return CrfParameters(
        iterations=draw(st.integers(0, 6)),
        smoothness_weight=draw(st.floats(0.1, 5.0)),
        smoothness_sigma_xy=draw(st.floats(0.7, 12.0)),
        appearance_weight=draw(st.floats(0.1, 8.0)),
        appearance_sigma_xy=draw(st.floats(2.0, 120.0)),
        appearance_sigma_rgb=draw(st.floats(3.0, 60.0)),
        normalisation=draw(st.sampled_from(["symmetric", "before", "after"])),
        penalties=draw(st.sampled_from([(), ((0, 1, 2.0),), ((0, 1, 0.3),)])),
    )


@settings(max_examples=25, deadline=None)
@given(
    parameters=parameter_sets(),
    # Their program works on four pixels at once, and makes up black ones where some are missing.
    shape=st.tuples(st.integers(1, 70), st.integers(1, 17).map(lambda fours: 4 * fours)),
    channels=st.integers(2, 12),
    seed=st.integers(0, 2**16),
)
def test_it_agrees_with_the_authors_program(
    parameters: CrfParameters, shape: tuple[int, int], channels: int, seed: int
):
    picture, probabilities = drawn(seed, shape, channels)
    ours = refine(picture, probabilities, parameters)
    theirs = by_the_authors(picture, probabilities, parameters)
    apart = np.abs(ours - theirs).max(axis=0)
    assert np.median(apart) < 1e-4
    # A pixel on the border of two simplices belongs to either, as rounding has it; the vertices
    # that it brings with it are of no weight, but they pass on what their neighbours hold.
    assert (apart > 1e-2).sum() <= 0.01 * apart.size


@pytest.mark.parametrize("channels", [2, 11, 255])
def test_it_agrees_on_a_larger_picture_in_several_strips(channels: int):
    picture, probabilities = drawn(3, (160, 240) if channels < 100 else (48, 60), channels)
    parameters = CrfParameters()
    ours = refine(picture, probabilities, parameters).argmax(axis=0)
    theirs = by_the_authors(picture, probabilities, parameters).argmax(axis=0)
    assert (ours == theirs).mean() >= 0.999


def plainly(log_unary: Floats, kernels: list[tuple[Floats, Floats]], iterations: int) -> Floats:
    """Algorithm 1 of the paper, over all pairs of pixels.

    ``kernels`` are pairs of an (N, N) kernel, normalised, and the (C, C) gains.
    """

    def normalised(logarithms: Floats) -> Floats:
        exponentials = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    q = normalised(log_unary)
    for _ in range(iterations):
        q = normalised(log_unary + sum(kernel @ q @ gains.T for kernel, gains in kernels))
    return q


def as_matrix(lattice: Lattice, norm: Norm, threads: Threads) -> Floats:
    """The (N, N) kernel that a lattice stands for: what becomes of each single pixel.

    One round from a unary of even odds shows it: the answer's logarithms are the filtered values.
    """
    pixels = len(lattice.degrees)
    columns = []
    for pixel in range(pixels):
        log_unary = np.zeros((pixels, 2), np.float32)
        log_unary[pixel, 0] = 80.0
        gains = np.array([[1, 0], [0, 0]], np.float32)
        refined = infer(log_unary, Term(lattice, gains, norm), None, 1, threads)
        base = infer(
            np.zeros((pixels, 2), np.float32), Term(lattice, gains, norm), None, 1, threads
        )
        log_odds = np.log(refined[:, 0] / refined[:, 1]) - log_unary[:, 0]
        even = np.log(base[:, 0] / base[:, 1])
        # The others stay at one half, which ``even`` has counted for the pixel too.
        columns.append((log_odds - even) / 0.5)
    return np.stack(columns, axis=1)


def distances(features: Floats) -> Floats:
    return np.square(features[:, None] - features[None]).sum(axis=2)


def places(height: int, width: int) -> Floats:
    return np.array(list(itertools.product(range(height), range(width))), np.float32)


def test_mean_field_is_the_plain_sum_over_pairs():
    """With true Gaussians in place of the lattice, whose kernel is an approximation."""
    picture, probabilities = drawn(8, (9, 11), 3)
    parameters = CrfParameters(
        iterations=4,
        smoothness_weight=1.0,
        appearance_weight=1.5,
        appearance_sigma_xy=6.0,
        appearance_sigma_rgb=40.0,
        smoothness_sigma_xy=2.0,
    )
    where, colours = places(9, 11), picture.reshape(-1, 3).astype(np.float32)
    kernels = []
    for weight, features in (
        (parameters.smoothness_weight, where / 2.0),
        (parameters.appearance_weight, np.concatenate([where / 6.0, colours / 40.0], axis=1)),
    ):
        kernel = np.exp(-0.5 * distances(features))
        root = 1.0 / np.sqrt(kernel.sum(axis=1))
        kernels.append((kernel * root[:, None] * root, weight * np.eye(3)))
    log_unary = np.log(np.clip(probabilities, 1e-5, 1)).reshape(3, -1).T
    expected = plainly(log_unary, kernels, 4)
    ours = refine(picture, probabilities, parameters).reshape(3, -1).T
    assert np.abs(ours - expected).mean() < 0.02
    top = np.sort(expected, axis=1)
    clear = top[:, -1] - top[:, -2] > 0.2
    assert clear.mean() > 0.5
    assert (ours.argmax(axis=1) == expected.argmax(axis=1))[clear].all()


@pytest.mark.parametrize("norm", NORMS)
def test_rounds_over_the_lattices_own_kernel_are_exact(norm: Norm):
    rng = np.random.default_rng(1)
    features = (places(6, 7) / 1.5).astype(np.float32)
    gains = np.array([[0.4, -0.3, 0], [-0.3, 0.4, 0.1], [0, 0.1, 0.4]], np.float32)
    log_unary = np.log(rng.dirichlet(np.ones(3), 42)).astype(np.float32)
    with Threads() as threads:
        lattice = build(features, threads)
        kernel = as_matrix(lattice, norm, threads)
        ours = infer(log_unary, Term(lattice, gains, norm), None, 3, threads)
    assert np.allclose(ours, plainly(log_unary, [(kernel, gains)], 3), atol=2e-4)


@given(length=st.integers(0, 10**8), count=st.integers(1, 40))
def test_parts_follow_each_other_without_gap(length: int, count: int):
    made = parts(length, count)
    assert [made[0].start, *(part.stop for part in made)][-1] == length
    assert all(a.stop == b.start for a, b in itertools.pairwise(made))
    sizes = [part.stop - part.start for part in made]
    assert max(sizes) - min(sizes) <= 1


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch):
    picture, probabilities = drawn(4, (200, 400), 4)
    assert len(strips(200 * 400)) > 1
    results = []
    for count in (1, 3):
        monkeypatch.setattr(
            "segstudio.inference.dense_crf.strips._processors", lambda count=count: count
        )
        results.append(refine(picture, probabilities, CrfParameters()))
    assert np.array_equal(*results)
