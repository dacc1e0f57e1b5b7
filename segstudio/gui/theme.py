"""The look: Fusion with one own palette and style sheet, in dark and in light.

What is painted asks :func:`colours` while it paints, so that a change of theme reaches
everything with the next repaint.
"""

import json
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from segstudio.core.resources import resource
from segstudio.gui.glyphs import GlyphEngine

Mode = Literal["dark", "light", "system"]
MODES: tuple[Mode, ...] = ("dark", "light", "system")

STEP = 8
"""The grid: margins and gaps are multiples of it, or its half inside a row."""

PANEL_ICON = QSize(16, 16)
TOOL_BAR_ICON = QSize(20, 20)
BUTTON_ICON = QSize(24, 16)
"""Beside a button's text: 16 pixels, with room that keeps them apart."""

_MODE = "segstudioThemeMode"
_FOLLOWS = "segstudioThemeFollows"


@dataclass(frozen=True, slots=True)
class Colours:
    """One palette, as ``#rrggbb``. The greys are neutral, so that they tint no picture.

    ``canvas`` lies around the picture, ``window`` under panels, ``base`` under lists and fields,
    ``raised`` is a button, ``line`` parts, ``outline`` surrounds what can be changed; ``quiet`` is
    secondary and ``faint`` disabled text; ``info``, ``good``, ``caution`` and ``bad`` are signs.
    """

    canvas: str
    window: str
    base: str
    raised: str
    hover: str
    line: str
    outline: str
    text: str
    quiet: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    info: str
    good: str
    caution: str
    bad: str

    def colour(self, role: str) -> QColor:
        """The colour of a role, which is a field's name."""
        return QColor(getattr(self, role))


@cache
def palette_of(shade: Literal["dark", "light"]) -> Colours:
    """The colours of one shade."""
    return Colours(**json.loads(resource("style", f"{shade}.json").read_text("utf-8")))


def shade() -> Literal["dark", "light"]:
    """Which of the two is on the screen now."""
    return "dark" if QApplication.palette().window().color().lightness() < 128 else "light"


def colours() -> Colours:
    """The colours that are on the screen now."""
    return palette_of(shade())


def apply(app: QApplication, mode: Mode) -> None:
    """Dress the application; may be called again at any time.

    ``"system"`` follows the desktop, also when it changes later.
    """
    app.setProperty(_MODE, mode)
    hints = app.styleHints()
    if not app.property(_FOLLOWS):
        app.setProperty(_FOLLOWS, True)
        app.setStyle(QStyleFactory.create("Fusion"))
        hints.colorSchemeChanged.connect(lambda _scheme: _follow(app))
    scheme = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
    hints.setColorScheme(scheme.get(mode, Qt.ColorScheme.Unknown))
    _dress(app, _shade_for(app, mode))


def icon(name: str, role: str = "text") -> QIcon:
    """A Material Design icon that follows the theme.

    Parameters
    ----------
    name
        ``"brush"`` or ``"mdi6.brush"``; the names are those of qtawesome's icon browser.
    role
        The colour's name in :class:`Colours`. Disabled icons are faint, those of checked
        buttons stand out from the accent colour under them.

    Raises
    ------
    ValueError
        Where the family has no icon of this name.
    """
    return QIcon(GlyphEngine(name.removeprefix("mdi6."), role, _ink))


def application_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resource("icons", "segstudio.svg")))


def title_font(widget: QWidget) -> QFont:
    """The larger of the two font sizes."""
    font = QFont(widget.font())
    font.setPointSizeF(QApplication.font().pointSizeF() * 1.5)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _ink(role: str, mode: QIcon.Mode, state: QIcon.State) -> QColor:
    if mode == QIcon.Mode.Disabled:
        return colours().colour("faint")
    if state == QIcon.State.On and role == "text":
        return colours().colour("on_accent")
    return colours().colour(role)


def _follow(app: QApplication) -> None:
    if app.property(_MODE) == "system":
        _dress(app, _shade_for(app, "system"))


def _shade_for(app: QApplication, mode: Mode) -> Literal["dark", "light"]:
    if mode != "system":
        return mode
    # A desktop that does not say gets what imaging programs wear.
    light = app.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


def _dress(app: QApplication, wanted: Literal["dark", "light"]) -> None:
    app.setPalette(_qt_palette(palette_of(wanted)))
    app.setStyleSheet(_style_sheet(wanted))


@cache
def _style_sheet(wanted: Literal["dark", "light"]) -> str:
    template = Template(resource("style", "segstudio.qss").read_text("utf-8"))
    tokens = {name: getattr(palette_of(wanted), name) for name in Colours.__slots__}
    folder = resource("style").as_posix()
    return template.substitute(tokens, shade=wanted, folder=folder)


def _qt_palette(own: Colours) -> QPalette:
    role = QPalette.ColorRole
    names = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "base",
        role.AlternateBase: "window",
        role.Text: "text",
        role.PlaceholderText: "quiet",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "bad",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Accent: "accent",
        role.Link: "info",
        role.LinkVisited: "info",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.Light: "hover",
        role.Midlight: "raised",
        role.Mid: "line",
        role.Dark: "outline",
        role.Shadow: "canvas",
    }
    palette = QPalette()
    for which, name in names.items():
        palette.setColor(which, own.colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, own.colour("faint"))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, own.colour("outline"))
    return palette
