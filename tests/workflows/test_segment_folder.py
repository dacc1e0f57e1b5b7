from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segstudio.core.errors import SegStudioError
from segstudio.formats.indexed_png import decode
from segstudio.inference.crf import CrfParameters
from segstudio.inference.labelling import Outcome, Summary
from segstudio.workflows.segment_folder import SegmentRequest, segment_folder

LEFT_DARK = np.where(np.arange(30) < 12, 20, 230).astype(np.uint8) * np.ones((20, 1), np.uint8)
EXPECTED = np.where(LEFT_DARK > 100, 4, 2)


def draw(path: Path, pixels: np.ndarray = LEFT_DARK) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures ü"
    draw(folder / "a2.png")
    draw(folder / "a10.bmp")
    return folder


@pytest.fixture
def request_(pictures: Path, model_file: Path, tmp_path: Path) -> SegmentRequest:
    return SegmentRequest(pictures, str(model_file), tmp_path / "out", device="cpu")


def run(request: SegmentRequest) -> tuple[list[Outcome], Summary]:
    payloads = [report.payload for report in segment_folder(request)]
    assert isinstance(payloads[-1], Summary)
    return [p for p in payloads if isinstance(p, Outcome)], payloads[-1]


def test_a_folder_becomes_indexed_pngs(request_: SegmentRequest):
    outcomes, summary = run(request_)
    assert [outcome.name for outcome in outcomes] == ["a2", "a10"]
    assert (summary.done, summary.skipped, summary.failures) == (2, 0, ())
    assert summary.device
    for outcome in outcomes:
        assert outcome.path is not None
        assert np.array_equal(decode(outcome.path.read_bytes(), outcome.path), EXPECTED)
        with Image.open(outcome.path) as written:
            assert written.mode == "P"
            assert written.getpalette()[3 * 4 : 3 * 4 + 3] == [200, 210, 220]


def test_progress_counts_frames(request_: SegmentRequest):
    reports = [report for report in segment_folder(request_) if report.total]
    assert {report.total for report in reports} == {2}
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].done == 2


def test_a_single_file_and_a_dataset_folder_do_as_well(
    request_: SegmentRequest, pictures: Path, tmp_path: Path
):
    assert run(replace(request_, source=pictures / "a2.png"))[1].done == 1
    draw(tmp_path / "set" / "images" / "b.png")
    draw(tmp_path / "set" / "masks" / "b.png")
    outcomes, _ = run(replace(request_, source=tmp_path / "set", out=tmp_path / "other"))
    assert [outcome.name for outcome in outcomes] == ["b"]


def test_pages_of_a_stack_are_frames(request_: SegmentRequest, tmp_path: Path):
    tifffile.imwrite(tmp_path / "stack.tif", np.stack([LEFT_DARK, 255 - LEFT_DARK]))
    outcomes, _ = run(replace(request_, source=tmp_path / "stack.tif"))
    assert [outcome.name for outcome in outcomes] == ["stack_p001", "stack_p002"]
    second = outcomes[1].path
    assert second is not None
    assert np.array_equal(decode(second.read_bytes(), second), 6 - EXPECTED)


def test_a_stopped_run_goes_on_and_overwrites_only_when_asked(request_: SegmentRequest):
    job = segment_folder(request_)
    while not isinstance(next(job).payload, Outcome):
        pass
    job.close()
    assert [path.name for path in request_.out.iterdir()] == ["a2.png"]
    (request_.out / "a2.png").write_bytes(b"mine")
    assert (run(request_)[1].done, run(request_)[1].skipped) == (1, 2)
    assert (request_.out / "a2.png").read_bytes() == b"mine"
    assert run(replace(request_, overwrite=True))[1].done == 2
    assert (request_.out / "a2.png").read_bytes() != b"mine"


def test_what_cannot_be_read_is_told_and_the_others_go_on(request_: SegmentRequest, pictures: Path):
    (pictures / "a1.png").write_bytes(b"no picture")
    (pictures / "a3.jpg").write_bytes(b"")
    whole = (pictures / "a2.png").read_bytes()
    (pictures / "a4.png").write_bytes(whole[: len(whole) // 2])
    _, summary = run(request_)
    assert summary.done == 2
    assert [failure.name for failure in summary.failures] == ["a1", "a3", "a4"]
    for failure in summary.failures:
        assert str(pictures / failure.name) in failure.reason
        assert "\n" not in failure.reason


def test_pictures_of_one_name_never_overwrite_each_other(request_: SegmentRequest, pictures: Path):
    draw(pictures / "a2.jpg", 255 - LEFT_DARK)
    for _ in range(2):
        _, summary = run(request_)
        assert [failure.name for failure in summary.failures] == ["a2"]
        assert "Rename one" in summary.failures[0].reason
    assert summary.skipped == 2


def test_results_never_lie_among_the_pictures(request_: SegmentRequest, pictures: Path):
    with pytest.raises(SegStudioError, match="folder of the pictures themselves"):
        run(replace(request_, out=pictures / ".." / pictures.name, overwrite=True))


def test_the_crf_refines_what_is_written(request_: SegmentRequest, pictures: Path):
    speckled = LEFT_DARK.copy()
    speckled[5, 5] = 130  # the model takes it for light; all around it is dark
    draw(pictures / "a2.png", speckled)
    parameters = CrfParameters(appearance_weight=0.0, smoothness_weight=10.0)
    for crf, there in ((None, 4), (parameters, 2)):
        outcomes, _ = run(replace(request_, crf=crf, overwrite=True))
        path = outcomes[0].path
        assert path is not None
        assert decode(path.read_bytes(), path)[5, 5] == there


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": Path("/nowhere/at all")}, "/nowhere/at all: does not exist"),
        ({"model": "unett"}, "neither a checkpoint file nor an architecture"),
        ({"model": "gone.safetensors"}, r"gone\.safetensors: cannot be read"),
        ({"model": "unet"}, "no published weights"),
        ({"device": "cuda:77"}, "cuda:77"),
    ],
)
def test_what_cannot_work_is_refused_at_once(request_: SegmentRequest, change: dict, said: str):
    with pytest.raises(SegStudioError, match=said) as caught:
        run(replace(request_, **change))
    assert caught.value.remedy


def test_an_empty_folder_and_an_unwritable_one_are_refused(
    request_: SegmentRequest, tmp_path: Path
):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SegStudioError, match="holds no pictures"):
        run(replace(request_, source=tmp_path / "empty"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SegStudioError, match="cannot be written"):
        run(replace(request_, out=tmp_path / "file" / "out"))


def test_a_published_name_means_its_weights(request_: SegmentRequest):
    """Offline and not in the cache: the message says where the file belongs."""
    from segstudio.models.parts import weights as published

    with pytest.MonkeyPatch.context() as patch:

        def offline(*_: object, **__: object) -> None:
            raise OSError("no route to host")

        patch.setattr(published.urllib.request, "urlopen", offline)
        with pytest.raises(SegStudioError, match="no route to host") as caught:
            run(replace(request_, model="deeplabv3_resnet50"))
    assert "deeplabv3_resnet50_coco-cd0a2569.pth" in caught.value.remedy
