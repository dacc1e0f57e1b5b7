"""The look: readable in dark and in light, and changed while the window is open."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from segstudio.gui import theme


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    theme.apply(qapp, "dark")


def _luminance(colour: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _contrast(own: theme.Colours, front: str, back: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((_luminance(own.colour(role)) for role in (front, back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("shade", ["dark", "light"])
@pytest.mark.parametrize("ground", ["window", "base", "raised", "selection"])
@pytest.mark.parametrize("role", ["text", "quiet", "info", "good", "caution", "bad"])
def test_what_is_read_stands_out_from_its_ground(shade: str, ground: str, role: str) -> None:
    # WCAG AA: 4.5 for text, 3 for icons; on a chosen row the signs' colours are icons alone.
    needed = 3.0 if role not in ("text", "quiet") and ground == "selection" else 4.5
    assert _contrast(theme.palette_of(shade), role, ground) >= needed


@pytest.mark.parametrize("shade", ["dark", "light"])
def test_the_accent_is_seen_and_carries_text(shade: str) -> None:
    own = theme.palette_of(shade)
    assert _contrast(own, "on_accent", "accent") >= 4.5
    assert min(_contrast(own, "accent", ground) for ground in ("window", "base")) >= 3.0


@pytest.mark.parametrize("shade", ["dark", "light"])
def test_greys_tint_no_picture(shade: str) -> None:
    own = theme.palette_of(shade)
    for role in ("canvas", "window", "base", "raised", "hover", "line", "outline"):
        assert own.colour(role).saturation() == 0


def test_an_icon_follows_the_theme_and_the_state_of_its_button(app: QApplication) -> None:
    icon = theme.icon("mdi6.brush")
    for mode, role in (("dark", "text"), ("light", "text")):
        theme.apply(app, mode)
        assert _ink(icon, QIcon.Mode.Normal) == theme.palette_of(mode).colour(role)
        assert _ink(icon, QIcon.Mode.Disabled) == theme.palette_of(mode).colour("faint")


def test_a_wrong_icon_name_is_told(app: QApplication) -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        theme.icon("mdi6.no-such-thing")


def test_widgets_change_with_the_theme_while_they_are_shown(app: QApplication, qtbot) -> None:
    theme.apply(app, "dark")
    button = QPushButton("Predict")
    qtbot.addWidget(button)
    button.show()
    dark = button.grab().toImage()
    theme.apply(app, "light")
    light = button.grab().toImage()
    assert dark.pixelColor(8, dark.height() // 2).lightness() < 100
    assert light.pixelColor(8, light.height() // 2).lightness() > 200


def test_system_is_dark_where_the_desktop_does_not_say(app: QApplication) -> None:
    theme.apply(app, "light")
    theme.apply(app, "system")
    assert theme.shade() == "dark"


def test_the_application_icon_is_drawn(app: QApplication) -> None:
    image = theme.application_icon().pixmap(QSize(64, 64)).toImage()
    assert image.pixelColor(32, 12).blue() > 200  # the sky
    assert image.pixelColor(0, 0).alpha() == 0


def _ink(icon: QIcon, mode: QIcon.Mode) -> QColor:
    """The colour of the most opaque pixel."""
    image = icon.pixmap(QSize(32, 32), mode).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    strongest = max(pixels, key=lambda pixel: pixel.alpha())
    assert strongest.alpha() == 255
    return QColor(strongest.rgb())
