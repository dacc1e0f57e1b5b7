"""Scissors, GrabCut and measuring, on pictures whose objects are known."""

import numpy as np
import pytest

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID
from segstudio.core.pointer import Key, Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.grabcut import foreground
from segstudio.tools.measure import reading
from segstudio.tools.parts.shapes import Path

BOX = Rect(20, 30, 70, 95)
SHIFT = Modifier.SHIFT


def disc_picture(size: int, noise: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A bright disc on noise, and where it is."""
    y, x = np.ogrid[:size, :size]
    disc = np.hypot(y - size / 2, x - size / 2) < size / 4
    pixels = np.random.default_rng(0).integers(20, 20 + noise, (size, size, 3)).astype(np.uint8)
    pixels[disc] += np.array([120, 90, 0], np.uint8)
    return pixels, disc


@pytest.fixture
def driver() -> ToolDriver:
    """The scissors over a picture with a box at its left edge and one in its middle."""
    pixels = np.random.default_rng(0).integers(20, 50, (120, 120, 3)).astype(np.uint8)
    pixels[BOX.slices] += 120
    driver = ToolDriver()
    driver.document = Document(Frame("f", pixels), None, ClassTable.of_names(["a", "b"]))
    driver.active_class = 1
    spec = tools.registry.get("scissors")
    driver.choose(spec, spec.options())
    return driver


def click(driver: ToolDriver, y: float, x: float, held: Modifier = Modifier.NONE) -> None:
    event = PointerEvent(y, x, modifiers=held, reach=4.0)
    driver.press(event)
    driver.release(event)


def painted(driver: ToolDriver) -> np.ndarray:
    assert driver.document is not None
    return driver.document.label_map.ids != VOID


def is_the_box(mask: np.ndarray) -> bool:
    expected = np.zeros_like(mask)
    expected[BOX.slices] = True
    return int((mask != expected).sum()) <= 4  # a corner may be cut


AMID = [(21.0, 60.0), (45.0, 93.5), (69.0, 60.0), (45.0, 32.0)]
"""Near the middles of the box's edges: a click goes to the edge by itself."""


def test_a_click_on_the_first_point_closes(driver: ToolDriver) -> None:
    for place in AMID:
        click(driver, *place)
    assert driver.ongoing
    assert not painted(driver).any()
    click(driver, *AMID[0])
    assert not driver.ongoing
    assert is_the_box(painted(driver))


def test_enter_closes_and_backspace_takes_a_point_back(driver: ToolDriver) -> None:
    for place in (*AMID, (110.0, 110.0)):
        click(driver, *place)
    driver.key(Key.BACKSPACE)
    driver.key(Key.ENTER)
    assert is_the_box(painted(driver))


def test_backspace_to_the_first_point_ends_the_gesture(driver: ToolDriver) -> None:
    for place in AMID[:2]:
        click(driver, *place)
    driver.key(Key.BACKSPACE)
    assert driver.ongoing
    driver.key(Key.BACKSPACE)
    assert not driver.ongoing
    for place in AMID:
        click(driver, *place)
    driver.key(Key.ENTER)
    assert is_the_box(painted(driver))


def test_shift_draws_a_straight_line(driver: ToolDriver) -> None:
    click(driver, 40, 10, SHIFT)
    click(driver, 40, 20, SHIFT)
    click(driver, 50, 20, SHIFT)
    click(driver, 50, 10, SHIFT)
    click(driver, 45, 10, SHIFT)
    driver.key(Key.ENTER)
    assert painted(driver).sum() >= 90


def test_there_and_back_along_one_edge_closes_straight(driver: ToolDriver) -> None:
    for x in (40, 60, 80):
        click(driver, 20, x)
    click(driver, 45, 95)
    driver.key(Key.ENTER)
    assert painted(driver)[21:30, 85:94].any()
    assert not painted(driver)[45:].any()


def test_the_line_runs_from_the_last_point_to_the_pointer(driver: ToolDriver) -> None:
    click(driver, *AMID[0])
    line, *points = driver.shapes(PointerEvent(*AMID[1], reach=4.0))
    assert isinstance(line, Path)
    assert points == [Path(((20, 60),), handles=True), Path(((45, 95),), handles=True)]
    assert line.points[0] == (20, 60)
    assert line.points[-1] == (45, 95)
    assert (20, 95) in line.points or (21, 95) in line.points or (20, 94) in line.points


@pytest.mark.parametrize("size", [60, 200, 900])
def test_grabcut_finds_a_disc_in_a_box(size: int) -> None:
    pixels, disc = disc_picture(size)
    box = Rect(size // 6, size // 6, size - size // 6, size - size // 6)
    found = foreground(pixels, box, 5)
    wrong = (found != disc[box.slices]).sum()
    assert wrong <= 0.01 * disc.sum() + 4


def test_grabcut_finds_the_same_each_time() -> None:
    pixels, _ = disc_picture(80, noise=120)
    box = Rect(10, 10, 70, 70)
    assert (foreground(pixels, box, 3) == foreground(pixels, box, 3)).all()


def test_a_box_without_surroundings_is_all_foreground() -> None:
    pixels, _ = disc_picture(20)
    assert foreground(pixels, Rect(0, 0, 20, 20), 5).all()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ((10.0, 20.0), "10.0 px   0.0°"),
        ((5.0, 15.0), "7.1 px   45.0°"),
        ((0.0, 10.0), "10.0 px   90.0°"),
        ((10.0, 0.0), "10.0 px   180.0°"),
        ((13.0, 14.0), "5.0 px   -36.9°"),
    ],
)
def test_lengths_and_angles(end: tuple[float, float], expected: str) -> None:
    frame = Frame("f", np.zeros((40, 40), np.uint8))
    assert reading(frame, (10.0, 10.0), end) == expected


def test_millimetres_where_the_spacing_is_known() -> None:
    frame = Frame("f", np.zeros((40, 40), np.uint8), spacing=(2.0, 0.5))
    assert reading(frame, (10.0, 10.0), (13.0, 26.0)) == "10.00 mm   16.3 px   -36.9°"
