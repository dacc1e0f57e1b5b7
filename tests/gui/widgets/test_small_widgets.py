"""Sections, empty states, elided labels, colour buttons, scroll pages."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QLabel

from segstudio.gui.widgets.colour_button import ColourButton
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.scroll_page import ScrollPage
from segstudio.gui.widgets.section import Section


def test_a_section_folds_by_mouse_and_by_key(qtbot) -> None:
    section = Section("More", QLabel("body"))
    qtbot.addWidget(section)
    section.show()
    assert section.body.isVisible()
    QTest.mouseClick(section.header, Qt.MouseButton.LeftButton)
    assert not section.body.isVisible()
    QTest.keyClick(section.header, Qt.Key.Key_Space)
    assert section.body.isVisible()


def test_a_section_starts_folded_where_asked(qtbot) -> None:
    section = Section("More", QLabel("body"), expanded=False)
    qtbot.addWidget(section)
    section.show()
    assert not section.body.isVisible()
    assert not section.expanded()


def test_an_empty_state_offers_its_button(qtbot) -> None:
    state = EmptyState("folder-open-outline", "Nothing here.", "Open folder")
    qtbot.addWidget(state)
    state.show()
    with qtbot.waitSignal(state.clicked):
        QTest.mouseClick(state.button, Qt.MouseButton.LeftButton)
    bare = EmptyState("folder-open-outline", "Nothing here.")
    qtbot.addWidget(bare)
    bare.show()
    assert not bare.button.isVisible()


def test_a_label_is_cut_in_the_middle_and_keeps_its_text(qtbot) -> None:
    path = "/home/anna/pictures/of/a/long/drive/frame_000123.png"
    label = ElidedLabel(path, Qt.TextElideMode.ElideMiddle)
    qtbot.addWidget(label)
    label.resize(120, 20)
    assert "…" in label.elided()
    assert label.elided().startswith("/h")
    assert label.elided().endswith("g")
    assert label.text() == path
    label.resize(label.sizeHint())
    assert label.elided() == path


def test_a_colour_is_chosen_without_blocking(qtbot) -> None:
    button = ColourButton("road", (10, 20, 30))
    qtbot.addWidget(button)
    button.show()
    heard: list[tuple[int, int, int]] = []
    button.colour_changed.connect(heard.append)
    QTest.keyClick(button, Qt.Key.Key_Space)
    (dialog,) = button.findChildren(QColorDialog)
    assert dialog.currentColor().getRgb()[:3] == (10, 20, 30)
    dialog.setCurrentColor("#0b1c2d")
    dialog.accept()
    assert heard == [(11, 28, 45)]
    assert button.colour() == (11, 28, 45)
    qtbot.waitUntil(lambda: not button.findChildren(QColorDialog))


def test_a_scroll_page_lets_a_window_be_low(qtbot) -> None:
    page = ScrollPage()
    qtbot.addWidget(page)
    for number in range(30):
        page.column.addWidget(QLabel(f"line {number}"))
    page.resize(200, 100)
    page.show()
    assert page.minimumSizeHint().height() <= 100 < page.sizeHint().height()
    assert page.verticalScrollBar().maximum() > 0
    assert not page.horizontalScrollBar().isVisible()
