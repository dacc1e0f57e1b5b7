"""What the window remembers between two starts, apart from any project."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from segstudio.gui import theme

_RECENT_KEPT = 8


class Settings:
    """Typed access to the user's settings file.

    ``SEGSTUDIO_DATA`` moves it, as it moves everything else that SegStudio keeps for a user.
    """

    def __init__(self) -> None:
        folder = os.environ.get("SEGSTUDIO_DATA")
        home = Path(folder) if folder else user_config_path("segstudio", appauthor=False)
        self._store = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)

    @property
    def theme_mode(self) -> theme.Mode:
        """Dark unless the user chose otherwise, as in imaging programs."""
        saved = self._store.value("theme", "dark")
        return next((mode for mode in theme.MODES if mode == saved), "dark")

    @theme_mode.setter
    def theme_mode(self, mode: theme.Mode) -> None:
        self._store.setValue("theme", mode)

    @property
    def device(self) -> str:
        return str(self._store.value("device", "auto"))

    @device.setter
    def device(self, device: str) -> None:
        self._store.setValue("device", device)

    @property
    def predict_on_open(self) -> bool:
        return self.flag("predict_on_open")

    @predict_on_open.setter
    def predict_on_open(self, on: bool) -> None:
        self.keep_flag("predict_on_open", on)

    @property
    def opacity(self) -> float:
        try:
            return min(1.0, max(0.0, float(str(self._store.value("opacity", 0.5)))))
        except ValueError:
            return 0.5

    @opacity.setter
    def opacity(self, opacity: float) -> None:
        self._store.setValue("opacity", opacity)

    @property
    def shortcuts(self) -> dict[str, object]:
        """Keys that the user chose, by the name of what they do; not checked."""
        try:
            kept = json.loads(str(self._store.value("shortcuts", "{}")))
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    @shortcuts.setter
    def shortcuts(self, shortcuts: Mapping[str, object]) -> None:
        self._store.setValue("shortcuts", json.dumps(shortcuts))

    @property
    def compared(self) -> str:
        """What stood beside the canvas the last time, in its own words; empty at first."""
        return str(self._store.value("compared", ""))

    @compared.setter
    def compared(self, subject: str) -> None:
        self._store.setValue("compared", subject)

    def flag(self, name: str, default: bool = False) -> bool:
        """Whether a switch of this name was on the last time."""
        return str(self._store.value(name, str(default).lower())) == "true"

    def keep_flag(self, name: str, on: bool) -> None:
        """Remember a switch."""
        self._store.setValue(name, str(on).lower())

    @property
    def undo_megabytes(self) -> int:
        """What undo may remember; 0 where the user has said nothing."""
        try:
            return max(0, int(str(self._store.value("undo_megabytes", 0))))
        except ValueError:
            return 0

    @undo_megabytes.setter
    def undo_megabytes(self, megabytes: int) -> None:
        self._store.setValue("undo_megabytes", megabytes)

    @property
    def recent(self) -> list[Path]:
        """Projects opened lately that still exist, newest first."""
        saved = self._store.value("recent", [])
        entries = [saved] if isinstance(saved, str) else saved
        paths = [Path(str(entry)) for entry in entries] if isinstance(entries, list) else []
        return [path for path in paths if path.exists()]

    def add_recent(self, path: Path) -> None:
        """Put a project at the head of the recent ones."""
        others = [other for other in self.recent if other != path]
        self._store.setValue("recent", [str(p) for p in [path, *others][:_RECENT_KEPT]])

    def window_state(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and dock layout of the last time, or None at the first start."""
        geometry, state = self._store.value("geometry"), self._store.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def keep_window_state(self, geometry: QByteArray, state: QByteArray) -> None:
        self._store.setValue("geometry", geometry)
        self._store.setValue("state", state)
