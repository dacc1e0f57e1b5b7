"""The window around the work: actions, palette, keys in text fields, themes, its own state."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from segstudio.core.label_map import VOID
from segstudio.gui import theme
from segstudio.gui.command_palette import CommandPalette

from .conftest import CONTROL, Hands

SHIFT = Qt.KeyboardModifier.ShiftModifier


def menus(menu: QMenu) -> list[QMenu]:
    """A menu and all below it."""
    return [menu, *(m for a in menu.actions() if a.menu() for m in menus(a.menu()))]


@pytest.fixture
def palette(at_work: Hands) -> Callable[[], CommandPalette]:
    """Opens the command palette by its keys."""

    def open_() -> CommandPalette:
        at_work.key(Qt.Key.Key_P, CONTROL | SHIFT)
        at_work.wait(lambda: bool(at_work.window.findChildren(CommandPalette)))
        return at_work.window.findChildren(CommandPalette)[-1]

    return open_


def test_a_new_window_fits_a_small_screen(hands: Hands) -> None:
    assert hands.window.size() == QSize(1280, 800)
    assert hands.window.minimumSizeHint().height() <= 720


class TestActions:
    def test_every_action_says_what_it_does(self, hands: Hands) -> None:
        for made in hands.window.actions_:
            assert made.text() and made.statusTip().endswith("."), made.objectName()
            assert made.statusTip() in made.toolTip()

    def test_no_two_actions_share_a_key(self, hands: Hands) -> None:
        owners: dict[str, str] = {}
        for made in hands.window.findChildren(QAction):
            for key in made.shortcuts():
                name = owners.setdefault(key.toString(), made.objectName())
                assert name == made.objectName(), key.toString()

    def test_the_tooltip_shows_the_first_key(self, hands: Hands) -> None:
        for made in hands.window.actions_:
            if made.shortcuts():
                native = QKeySequence.SequenceFormat.NativeText
                assert made.shortcuts()[0].toString(native) in made.toolTip()

    def test_menus_are_full_and_lines_part_something(self, hands: Hands) -> None:
        for top in hands.window.menuBar().actions():
            for menu in menus(top.menu()):
                entries = menu.actions()
                assert entries, menu.title()
                lines = [entry.isSeparator() for entry in entries]
                assert not lines[0] and not lines[-1], menu.title()
                assert not any(a and b for a, b in pairwise(lines))
                assert all(e.text() for e in entries if not e.isSeparator())

    def test_every_action_can_be_called_before_anything_is_open(
        self, hands: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # What asks for a file has a dialog of the system's, which a test cannot answer.
        asks = {"open_folder", "open_checkpoint", "open_sample", "quit"}
        for made in list(hands.window.actions_):
            if made.objectName() not in asks:
                made.trigger()
                QApplication.processEvents()
        for widget in QApplication.topLevelWidgets():
            if widget is not hands.window:
                widget.close()


class TestPalette:
    def test_it_finds_and_runs(self, at_work: Hands, palette) -> None:
        shown = palette()
        QTest.keyClicks(shown._search, "next frame")
        assert "Next frame" in shown._list.currentItem().text()
        QTest.keyClick(shown._search, Qt.Key.Key_Return)
        at_work.wait_for_frame("b")
        assert at_work.project.status("a") == "unlabelled"

    def test_arrows_choose_and_escape_leaves(self, at_work: Hands, palette) -> None:
        shown = palette()
        QTest.keyClicks(shown._search, "overlay")
        first = shown._list.currentItem().text()
        QTest.keyClick(shown._search, Qt.Key.Key_Down)
        assert shown._list.currentItem().text() != first
        QTest.keyClick(shown._search, Qt.Key.Key_Escape)
        at_work.wait(lambda: not at_work.window.findChildren(CommandPalette))

    def test_nothing_found_runs_nothing(self, at_work: Hands, palette) -> None:
        shown = palette()
        QTest.keyClicks(shown._search, "zzzz")
        QTest.keyClick(shown._search, Qt.Key.Key_Return)
        assert at_work.frame == "a"

    def test_a_switch_is_flipped(self, at_work: Hands, palette) -> None:
        QTest.keyClicks(palette()._search, "contours")
        (shown,) = at_work.window.findChildren(CommandPalette)
        QTest.keyClick(shown._search, Qt.Key.Key_Return)
        assert at_work.window.actions_["contours_only"].isChecked()


class TestTyping:
    TEXT = "a d p h o f u b e [ ] 1 2 3"

    def assert_nothing_happened(self, hands: Hands) -> None:
        QApplication.processEvents()
        assert hands.frame == "a" and hands.status == "unlabelled"
        assert (hands.labels.ids == VOID).all()
        assert hands.window.actions_["show_labels"].isChecked()
        assert not hands.window.actions_["contours_only"].isChecked()
        assert hands.window.tools.active_class == 0
        assert not hands.window.predicting._job

    def test_searching_runs_no_action(self, at_work: Hands) -> None:
        search = at_work.window.frame_list.search
        size = at_work.window.tools.options.size
        at_work.type(search, self.TEXT)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_PageDown):
            QTest.keyClick(search, key)
        assert search.text() == self.TEXT
        self.assert_nothing_happened(at_work)
        assert at_work.window.tools.options.size == size

    def test_a_number_field_takes_its_return(self, at_work: Hands) -> None:
        number = at_work.window.display_panel.opacity.number
        at_work.type(number, "")
        number.selectAll()
        QTest.keyClicks(number, "37")
        QTest.keyClick(number, Qt.Key.Key_Return)
        assert at_work.window.viewing.opacity == pytest.approx(0.37)
        self.assert_nothing_happened(at_work)

    def test_a_new_class_is_named_in_peace(self, at_work: Hands) -> None:
        at_work.click(at_work.button(at_work.window.class_panel, "Add class"))
        editor = at_work.window.class_panel.view.findChild(QLineEdit)
        active = at_work.window.tools.active_class
        QTest.keyClicks(editor, self.TEXT)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        at_work.wait(lambda: at_work.project.classes.names[-1] == self.TEXT)
        assert at_work.window.tools.active_class == active
        assert at_work.frame == "a" and at_work.status == "unlabelled"

    def test_commands_with_control_still_work(self, at_work: Hands) -> None:
        at_work.stroke((0.5, 0.4), (0.5, 0.6))
        at_work.type(at_work.window.frame_list.search, "b")
        QTest.keyClick(at_work.window.frame_list.search, Qt.Key.Key_S, CONTROL)
        at_work.wait(lambda: at_work.window.labelling.saved)

    def test_digits_work_again_afterwards(self, at_work: Hands) -> None:
        at_work.type(at_work.window.frame_list.search, "b")
        at_work.key(Qt.Key.Key_2)
        assert at_work.window.tools.active_class == 1


def _pixels(part: QWidget) -> bytes:
    image = part.grab().toImage()  # kept: its bits go with it
    return bytes(image.constBits())


class TestTheme:
    @pytest.fixture(autouse=True)
    def dark_again(self, hands: Hands):
        yield
        theme.apply(QApplication.instance(), "dark")

    def test_it_changes_everything_at_once_and_is_remembered(
        self, at_work: Hands, new_window
    ) -> None:
        window = at_work.window
        # What arrives from the background changes pixels, too: not the frame list, whose
        # thumbnails may be under way, and the rest only when device and models are known.
        at_work.wait(lambda: bool(window.status._device.text()))
        at_work.wait(lambda: window.model_panel.predict.isEnabled())
        # Docks settle by some pixels when they are dressed anew for the first time.
        window.actions_["light_theme"].trigger()
        window.actions_["dark_theme"].trigger()
        QApplication.processEvents()
        parts = [*window.docks[1:], window.canvas, window.menuBar(), window.status]
        dark = [_pixels(part) for part in parts]
        window.actions_["light_theme"].trigger()
        QApplication.processEvents()
        light = [_pixels(part) for part in parts]
        assert all(one != other for one, other in zip(dark, light, strict=True))
        surround = window.canvas.grab().toImage().pixelColor(QPoint(1, 1))
        assert surround == theme.palette_of("light").colour("canvas")
        assert window.settings.theme_mode == "light"
        window.actions_["dark_theme"].trigger()
        QApplication.processEvents()
        again = [_pixels(part) for part in parts]
        assert again == dark

    def test_the_canvas_follows_the_desktop(self, at_work: Hands) -> None:
        for shade in ("light", "dark"):
            theme._dress(QApplication.instance(), shade)  # as when the desktop changes
            QApplication.processEvents()
            surround = at_work.window.canvas.grab().toImage().pixelColor(QPoint(1, 1))
            assert surround == theme.palette_of(shade).colour("canvas")


class TestNextStart:
    def test_layout_opacity_and_recent_projects_are_as_left(
        self, at_work: Hands, new_window
    ) -> None:
        folder = at_work.project.folder
        at_work.window.docks[0].hide()
        at_work.window.viewing.set_opacity(0.3)
        at_work.window.model_panel.on_open.switch.click()
        at_work.close()
        again = new_window()
        assert again.window.docks[0].isHidden() and not again.window.docks[1].isHidden()
        assert again.window.viewing.opacity == pytest.approx(0.3)
        assert again.window.model_panel.on_open.value()
        assert again.window.settings.recent == [folder]

    def test_the_frame_one_was_at_is_opened(self, at_work: Hands, new_window) -> None:
        folder = at_work.project.folder
        at_work.go("c")
        at_work.close()
        again = new_window()
        again.open(folder)
        again.wait_for_frame("c")

    def test_a_broken_settings_file_does_no_harm(self, tmp_path: Path, new_window) -> None:
        (tmp_path / "settings").mkdir()
        (tmp_path / "settings" / "window.ini").write_text(
            "[General]\nopacity=loud\nrecent=3\ngeometry=x\ntheme=pink\n"
        )
        hands = new_window()
        assert hands.window.viewing.opacity == 0.5 and hands.window.settings.recent == []


def test_a_folder_that_is_dropped_is_opened(hands: Hands, folder: Path) -> None:
    from PySide6.QtCore import QMimeData, QPointF
    from PySide6.QtGui import QDropEvent

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    hands.window.dropEvent(event)
    hands.wait_for_frame("a")
