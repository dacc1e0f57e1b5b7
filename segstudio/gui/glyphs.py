"""Icons drawn from qtawesome's Material Design font, in the colour that holds while painting."""

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
)

Ink = Callable[[str, QIcon.Mode, QIcon.State], QColor]

_EM = 480  # a multiple of the family's 24-unit grid
_ASCENT = 0.875  # of the em square; the rest lies under the base line


class GlyphEngine(QIconEngine):
    """One glyph of the family.

    Parameters
    ----------
    name
        The icon's name in the family, such as ``"brush"``.
    role
        Handed to ``ink``.
    ink
        Gives the colour for a role, a mode and a state; asked at every painting.

    Raises
    ------
    ValueError
        Where the family has no icon of this name.
    """

    def __init__(self, name: str, role: str, ink: Ink) -> None:
        super().__init__()
        self._outline = _outline(name)
        self._role = role
        self._ink = ink

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        edge = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(
            rect.x() + (rect.width() - edge) / 2, rect.y() + (rect.height() - edge) / 2
        )
        painter.scale(edge / _EM, edge / _EM)
        painter.fillPath(self._outline, self._ink(self._role, mode, state))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


@cache
def _outline(name: str) -> QPainterPath:
    character = _characters().get(name)
    if character is None:
        raise ValueError(f"the icon family has no {name!r}")
    font = QFont(_family())
    font.setPixelSize(_EM)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addText(QPointF(0.0, _EM * _ASCENT), font, chr(int(character, 16)))
    return path


@cache
def _characters() -> dict[str, str]:
    (charmap,) = _fonts().glob("materialdesignicons6-*.json")
    found: dict[str, str] = json.loads(charmap.read_text("utf-8"))
    return found


@cache
def _family() -> str:
    (file,) = _fonts().glob("materialdesignicons6-*.ttf")
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))[0]


def _fonts() -> Path:
    # Importing qtawesome costs 0.16 s before the window paints (it loads qtpy and twelve fonts);
    # this family's two files are all that is needed.
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("qtawesome is not installed", name="qtawesome")
    return Path(spec.origin).parent / "fonts"
