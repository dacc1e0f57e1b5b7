"""Weights from elsewhere: what is read, what is refused, and what a mismatch says."""

import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.parts import foreign
from segstudio.models.parts.spec import Layout

UNET = {"width": 4, "depth": 1}


@pytest.fixture
def state() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return dict(models.create("unet", classes=5, **UNET).state_dict())


def saved(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: s,
        lambda s: OrderedDict(s),
        lambda s: {"state_dict": s, "epoch": 3, "best": torch.tensor(0.5)},
        lambda s: {"model": s},
        lambda s: {"model_state": s},
        lambda s: {"model": {"state_dict": {f"module.{k}": v for k, v in s.items()}}},
    ],
    ids=["plain", "ordered", "state_dict", "model", "model_state", "nested and parallel"],
)
def test_wrappers_and_prefixes_come_off(wrap, state: dict[str, Tensor], tmp_path: Path) -> None:
    found = foreign.read_weights(saved(wrap(state), tmp_path / "w.pth"))
    assert list(found) == list(state)
    assert all(torch.equal(found[key], state[key]) for key in state)


def test_half_precision_and_safetensors(state: dict[str, Tensor], tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(safetensors.torch.save({k: v.half() for k, v in state.items()}))
    assert foreign.read_weights(path)["head.weight"].dtype == torch.float32


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_a_pickle_that_needs_code_is_refused_and_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in (Trap(), {"state_dict": {"a": torch.zeros(1)}, "x": Trap()}, nn.Conv2d(1, 1, 1)):
        path = saved(content, tmp_path / "w.pth")
        with pytest.raises(SegStudioError, match="would run code") as caught:
            foreign.read_weights(path)
        assert "state_dict()" in caught.value.remedy
    (tmp_path / "raw.pt").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(SegStudioError):
        foreign.read_weights(tmp_path / "raw.pt")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [{}, {"epoch": 3}, [1, 2], {"state_dict": {}}, "weights"])
def test_a_file_without_weights(content: object, tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="holds no weights"):
        foreign.read_weights(saved(content, tmp_path / "w.pth"))


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_is_cut_short(
    zipped: bool, share: float, state: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "w.pth"
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(SegStudioError, match="cut short"):
        foreign.read_weights(path)


def test_what_is_no_file_of_weights(tmp_path: Path) -> None:
    (tmp_path / "text.pth").write_text("not weights", encoding="utf-8")
    with pytest.raises(SegStudioError, match="no file of PyTorch's"):
        foreign.read_weights(tmp_path / "text.pth")
    for missing in (tmp_path / "nothing.pth", tmp_path):
        with pytest.raises(SegStudioError, match="does not exist"):
            foreign.read_weights(missing)


def test_classes_and_channels_are_read_from_the_weights() -> None:
    weights = models.create("unet", classes=7, channels=5, **UNET).state_dict()
    fitted = foreign.fit(weights, "unet", UNET)
    assert (fitted.classes, fitted.channels) == (7, 5)
    assert len(fitted.normalisation.mean) == 5
    assert fitted.options == UNET


def test_batches_need_not_have_been_counted(state: dict[str, Tensor]) -> None:
    old = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    assert list(foreign.fit(old, "unet", UNET).state) == list(state)


def test_a_mismatch_names_keys_and_shapes(state: dict[str, Tensor]) -> None:
    del state["encoder.0.0.weight"]
    state["more.weight"] = torch.zeros(1)
    state["decoder.0.0.weight"] = torch.zeros(4, 9, 3, 3)
    with pytest.raises(SegStudioError) as caught:
        foreign.fit(state, "unet", UNET, "file.pth")
    said = str(caught.value)
    assert said.startswith("file.pth: does not fit unet")
    assert "1 missing (encoder.0.0.weight)" in said
    assert "1 unexpected (more.weight)" in said
    assert "decoder.0.0.weight is (4, 9, 3, 3), not (4, 8, 3, 3)" in said


def test_many_differences_are_counted(state: dict[str, Tensor]) -> None:
    with pytest.raises(SegStudioError, match=r"missing \(.*, .*, .* and \d+ more\)"):
        foreign.fit(state, "unet", {**UNET, "depth": 2})


def test_another_implementation_and_its_options(
    state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest layout is the one that a mismatch is told of, and the first that fits is it."""
    own = models.spec("unet")
    normalisation = models.Normalisation((0.1,) * 3, (1.0,) * 3)
    far = Layout("far", lambda s: {f"far.{k}": v for k, v in s.items()}, UNET)
    near = Layout(
        "near", lambda s: {k.removeprefix("net."): v for k, v in s.items()}, UNET, normalisation
    )
    object.__setattr__(own, "layouts", (far, near))
    try:
        theirs = {f"net.{key}": value for key, value in state.items()}
        fitted = foreign.fit(theirs, "unet", {})
        assert (fitted.layout, fitted.options) == ("near", UNET)
        assert fitted.normalisation is normalisation
        del theirs["net.head.bias"]
        with pytest.raises(SegStudioError, match=r"keys of near: 1 missing \(head.bias\)"):
            foreign.fit(theirs, "unet", {})
    finally:
        object.__setattr__(own, "layouts", ())


@pytest.mark.parametrize("name", models.names())
def test_no_layout_stumbles_over_weights_that_are_not_its_own(name: str) -> None:
    for layout in models.spec(name).layouts:
        assert layout.convert({}) == {}
        assert len(layout.convert({"some.key": torch.zeros(1)})) == 1
        models.spec(name).make_options(**layout.options)


@pytest.mark.parametrize("auxiliary", [True, False])
def test_torchvision_with_and_without_its_auxiliary_head(auxiliary: bool) -> None:
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        theirs = torchvision.models.segmentation.deeplabv3_resnet50(
            weights=None, weights_backbone=None, num_classes=19, aux_loss=auxiliary
        )
        fitted = foreign.fit(theirs.state_dict(), "deeplabv3_resnet50", {})
    assert fitted.classes == 19
    assert models.spec("deeplabv3_resnet50").make_options(**fitted.options).auxiliary == auxiliary
