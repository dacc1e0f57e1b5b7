"""A user's own package adds an architecture, and it is held to the contract of all networks."""

import os
import re
import subprocess
import sys
from pathlib import Path

CONTRACT = Path(__file__).with_name("test_contract.py")

NETWORK = '''
"""One convolution: the smallest network there is."""

from dataclasses import dataclass

from torch import nn

from segstudio.core.options import option
from segstudio.models import Geometry, ModelSpec, Paper, registry


@dataclass(frozen=True, slots=True)
class Options:
    kernel: int = option(3, "Kernel", "Edge of the convolution.", choices=(1, 3))


def build(classes, channels, options):
    return nn.Conv2d(channels, classes, options.kernel, padding=options.kernel // 2)


registry.add(
    ModelSpec(
        name="one_convolution",
        label="One convolution",
        family="Own",
        paper=Paper("A user", 2026, "Of my own"),
        summary="Looks at nine pixels.",
        build=build,
        options=Options,
        shape=lambda options: Geometry(1, 1, options.kernel, 1),
        sets_apart="Has one layer.",
    )
)
'''


def test_it_is_found_and_passes_the_contract(tmp_path: Path) -> None:
    (tmp_path / "own_networks.py").write_text(NETWORK)
    installed = tmp_path / "own_networks-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: own-networks\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[segstudio.models]\nown = own_networks\n")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    chosen = ["-p", "no:cacheprovider", str(CONTRACT), "-k", "one_convolution"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen],
        env={**os.environ, "PYTHONPATH": paths.rstrip(os.pathsep)},
        cwd=CONTRACT.parents[2],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 8
