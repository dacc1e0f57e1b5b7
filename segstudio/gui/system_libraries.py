"""Says what a bare Linux lacks for a window, before Qt aborts over it.

Qt's wheels bring Qt itself but not the system's libraries below it, and Qt's own answer to a
missing one is an abort. Only the standard library is used here.
"""

import ctypes
import sys
from collections.abc import Iterable, Mapping

# Library file to Debian/Ubuntu package: what libQt6Gui and the platform plugins of PySide6 6.8 to
# 6.11 link to (ldd), less what every Python has.
_WINDOW = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_PLATFORMS = {
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}


def problem(environment: Mapping[str, str]) -> str | None:
    """Why no window can open here, in one line with the remedy; None where one can.

    Parameters
    ----------
    environment
        ``os.environ``: which display there is and which Qt platform is asked for.
    """
    if not sys.platform.startswith("linux"):
        return None
    platforms = _platforms(environment)
    if not platforms:
        return (
            "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start SegStudio in a "
            "desktop session or under xvfb-run; its commands (segstudio --help) need no display."
        )
    missing = _missing(_WINDOW)
    lacking = [_missing(_PLATFORMS.get(platform, {})) for platform in platforms]
    if missing or all(lacking):
        return _install({**missing, **lacking[0]})
    return _dead_display(environment) if platforms == ["xcb"] else None


def explain(error: ImportError) -> str:
    """One line with the remedy for a window that could not be imported."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("PySide6"):
        return (
            "The window needs PySide6, which is not installed: pip install 'PySide6-Essentials"
            ">=6.8,<6.12'. The commands (segstudio --help) work without."
        )
    return f"The window cannot be loaded: {error}. Installing SegStudio anew may help."


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """Qt's platforms that may be tried: the one asked for, or those that have a display."""
    asked = environment.get("QT_QPA_PLATFORM", "")
    if asked:
        return [name.split(":")[0].split("-")[0] for name in asked.split(";")]
    displays = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
    return [platform for platform, name in displays.items() if environment.get(name)]


def _missing(libraries: Mapping[str, str]) -> dict[str, str]:
    return {name: package for name, package in libraries.items() if not _loads(name)}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(missing: Mapping[str, str]) -> str:
    return (
        f"The window needs system libraries that are missing: {_listed(missing)}. "
        f"On Debian or Ubuntu: sudo apt install {' '.join(sorted(missing.values()))}"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _dead_display(environment: Mapping[str, str]) -> str | None:
    """A display that is named but does not answer ends Qt too."""
    name = environment.get("DISPLAY", "")
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.argtypes, x11.XOpenDisplay.restype = [ctypes.c_char_p], ctypes.c_void_p
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    if display := x11.XOpenDisplay(name.encode()):
        x11.XCloseDisplay(display)
        return None
    return (
        f"The display {name!r} cannot be opened. Check DISPLAY and that this user may use it; "
        "SegStudio's commands (segstudio --help) need no display."
    )
