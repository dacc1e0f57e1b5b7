import json
import pickle
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models import checkpoint as checkpoints
from segstudio.models.checkpoint import Checkpoint, CheckpointError
from segstudio.models.parts import tensor_file

TABLE = ClassTable.of_names(["sky", "road"]).changed(1, colour=(1, 2, 3))


@pytest.fixture
def checkpoint() -> Checkpoint:
    torch.manual_seed(0)
    module = models.create("unet", classes=2, channels=1, width=4, depth=2)
    return Checkpoint(
        "unet",
        {"width": 4, "depth": 2},
        TABLE,
        1,
        models.Normalisation((0.4,), (0.2,)),
        {"steps": 7, "crop": [64, 64]},
        module.state_dict(),
    )


@pytest.fixture
def file(checkpoint: Checkpoint, tmp_path: Path) -> Path:
    path = tmp_path / "wei ghts-ü.safetensors"
    checkpoints.save(checkpoint, path)
    return path


def rewritten(file: Path, **changes: object) -> Path:
    """The same file with another description."""
    card = json.loads(tensor_file.read_header(file)["__metadata__"]["segstudio"])
    tensor_file.write(file, tensor_file.read(file), {"segstudio": json.dumps({**card, **changes})})
    return file


def test_all_of_it_comes_back(checkpoint: Checkpoint, file: Path):
    again = checkpoints.load(file)
    for field in ("architecture", "classes", "channels", "normalisation", "training"):
        assert getattr(again, field) == getattr(checkpoint, field)
    assert all(torch.equal(again.state[key], value) for key, value in checkpoint.state.items())


def test_the_file_says_every_option_so_that_later_defaults_do_not_count(file: Path):
    options = checkpoints.load(file).options
    assert options["width"] == 4
    assert options["upsampling"] == "transposed"
    assert set(options) == {field.name for field in fields(models.spec("unet").options)}


def test_half_is_half_the_size_and_predicts_alike(checkpoint: Checkpoint, file: Path):
    half = file.with_name("half.safetensors")
    checkpoints.save(checkpoint, half, half=True)
    weights, half_weights = (checkpoints.describe_checkpoint(p) for p in (file, half))
    assert (weights.half, half_weights.half) == (False, True)
    assert half.stat().st_size < 0.65 * file.stat().st_size
    picture = torch.rand(1, 1, 16, 16)
    network = checkpoints.load(half).build()
    assert not network.training
    assert next(network.parameters()).dtype == torch.float32
    with torch.inference_mode():
        difference = network(picture) - checkpoint.build()(picture)
    assert difference.abs().max() < 0.02


def test_a_description_needs_no_weights(checkpoint: Checkpoint, file: Path):
    card = checkpoints.describe_checkpoint(file)
    assert card.classes == TABLE
    assert card.values == sum(value.numel() for value in checkpoint.state.values())


def test_saving_over_a_file_keeps_it_where_writing_fails(checkpoint: Checkpoint, file: Path):
    with pytest.raises(SegStudioError, match="cannot be written"):
        checkpoints.save(checkpoint, file / "inside.safetensors")
    assert checkpoints.load(file).training["steps"] == 7


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    assert caught.value.remedy
    return message


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (Path("exploded"),))


@pytest.mark.parametrize("kind", ["zip", "raw"])
def test_a_pickle_is_refused_and_never_run(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.safetensors"
    if kind == "zip":
        torch.save({"weights": Bomb()}, path)
    else:
        path.write_bytes(pickle.dumps(Bomb()))
    message = refused(path)
    assert "holds a pickle" in message
    assert "only loads safetensors" in message
    assert not Path("exploded").exists()


@pytest.mark.parametrize(
    "content", [b"", b"abc", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, b"{" * 64, b"\xff" * 64]
)
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path: Path):
    path = tmp_path / "file.safetensors"
    path.write_bytes(content)
    assert "no checkpoint" in refused(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    assert "cannot be read" in refused(tmp_path / "none.safetensors")
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.999])
def test_a_truncated_file_says_so(file: Path, share: float):
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    assert "cut short" in refused(file)


def test_foreign_safetensors_are_refused(tmp_path: Path):
    path = tmp_path / "foreign.safetensors"
    tensor_file.write(path, {"a": torch.zeros(2)}, {"format": "pt"})
    assert "which network" in refused(path)


@pytest.mark.parametrize(
    "change",
    [
        {"channels": 3},
        {"channels": "many"},
        {"normalisation": {"mean": [0.5]}},
        {"normalisation": {"mean": [0.5], "std": [0.0]}},
        {"classes": [{"id": 0}]},
        {"classes": [{"id": 300, "name": "x", "colour": [0, 0, 0]}]},
        {"options": None},
    ],
)
def test_a_damaged_description_is_refused(file: Path, change: dict[str, object]):
    assert "damaged description" in refused(rewritten(file, **change))


def test_a_newer_file_asks_for_an_update(file: Path):
    assert "newer SegStudio" in refused(rewritten(file, version=99))


def test_weights_of_another_network_say_which_keys(file: Path):
    wider = checkpoints.load(rewritten(file, options={"width": 8, "depth": 2}))
    with pytest.raises(CheckpointError, match=r"encoder\.0\.0\.weight is \(4, 1, 3, 3\)") as caught:
        wider.build()
    assert str(file) in str(caught.value)
    other = checkpoints.load(rewritten(file, architecture="fcn_resnet50", options={}))
    with pytest.raises(CheckpointError, match=r"backbone\.conv1\.weight is missing"):
        other.build()


def test_an_architecture_or_option_unknown_here_is_named(file: Path):
    for change in ({"architecture": "segformer"}, {"options": {"teeth": 3}}):
        unknown = checkpoints.load(rewritten(file, **change))
        with pytest.raises(CheckpointError, match=r"segformer|teeth"):
            unknown.build()
