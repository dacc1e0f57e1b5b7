"""Public weights become a checkpoint that predicts the same."""

from pathlib import Path

import pytest
import torch

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models import checkpoint as checkpoints
from segstudio.workflows.import_checkpoint import ImportRequest, import_checkpoint

UNET = {"width": 4, "depth": 1}
NAMES = ClassTable.of_names(["a", "b", "c"])


def run(request: ImportRequest) -> Path:
    *_, last = import_checkpoint(request)
    return last.payload


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "unet.pth"
    torch.save({"state_dict": models.create("unet", classes=3, **UNET).state_dict()}, path)
    return path


def test_torchvisions_fcn_gives_the_same_logits(tmp_path: Path) -> None:
    segmentation = pytest.importorskip("torchvision").models.segmentation
    torch.manual_seed(0)
    theirs = segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=True).eval()
    torch.save(theirs.state_dict(), tmp_path / "fcn.pth")
    names = tmp_path / "classes.txt"
    names.write_text("\n".join(f"class {place}" for place in range(21)), encoding="utf-8")
    out = tmp_path / "fcn.safetensors"
    assert run(ImportRequest(tmp_path / "fcn.pth", "fcn_resnet50", names, out)) == out
    loaded = checkpoints.load(out)
    assert loaded.classes.names == tuple(f"class {place}" for place in range(21))
    assert loaded.normalisation == models.Normalisation.imagenet()
    picture = torch.rand(1, 3, 33, 41)
    with torch.inference_mode():
        assert torch.allclose(loaded.build()(picture), theirs(picture)["out"], atol=1e-5)


def test_another_implementations_file_gives_its_logits(tmp_path: Path) -> None:
    smp = pytest.importorskip("segmentation_models_pytorch")
    torch.manual_seed(0)
    theirs = smp.DeepLabV3Plus("resnet50", encoder_weights=None, classes=3).eval()
    torch.save({"model": theirs.state_dict()}, tmp_path / "smp.pth")
    out = tmp_path / "smp.safetensors"
    run(ImportRequest(tmp_path / "smp.pth", "deeplabv3plus_resnet50", NAMES, out))
    assert checkpoints.describe_checkpoint(out).training["layout"] == "segmentation_models.pytorch"
    picture = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        assert torch.allclose(checkpoints.load(out).build()(picture), theirs(picture), atol=1e-5)


def test_options_go_into_the_checkpoint(file: Path, tmp_path: Path) -> None:
    out = run(ImportRequest(file, "unet", NAMES, tmp_path / "out.safetensors", UNET))
    card = checkpoints.describe_checkpoint(out)
    assert card.options.items() >= UNET.items()
    assert card.training["imported"] == "unet.pth"
    assert checkpoints.load(out).build()


def test_another_number_of_classes_is_said(file: Path, tmp_path: Path) -> None:
    names = tmp_path / "classes.txt"
    names.write_text("a\nb\n", encoding="utf-8")
    out = tmp_path / "out.safetensors"
    with pytest.raises(SegStudioError, match=r"tells 3 classes apart, but .*txt names 2"):
        run(ImportRequest(file, "unet", names, out, UNET))
    assert not out.exists()


def test_what_is_there_is_not_replaced_unasked(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    out.write_bytes(b"kept")
    with pytest.raises(SegStudioError, match="exists already"):
        run(ImportRequest(file, "unet", NAMES, out, UNET))
    assert out.read_bytes() == b"kept"
    run(ImportRequest(file, "unet", NAMES, out, UNET, overwrite=True))
    assert checkpoints.load(out).build()


def test_our_own_checkpoint_needs_no_import(file: Path, tmp_path: Path) -> None:
    out = run(ImportRequest(file, "unet", NAMES, tmp_path / "out.safetensors", UNET))
    with pytest.raises(SegStudioError, match="already"):
        run(ImportRequest(out, "unet", NAMES, tmp_path / "again.safetensors", UNET))


def test_weights_of_another_network_name_the_file(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SegStudioError) as caught:
        run(ImportRequest(file, "fcn_resnet50", NAMES, tmp_path / "out.safetensors"))
    assert caught.value.subject == str(file)
    assert "missing" in caught.value.reason
