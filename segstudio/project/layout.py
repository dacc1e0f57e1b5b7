"""Where a project's files lie.

The home of a project is the folder of pictures itself. A folder that cannot be written has its
home in the user's data folder (``SEGSTUDIO_DATA`` in the environment names another one), and stays
there when the folder becomes writable later, so that no work drops out of sight.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from segstudio.core.errors import SegStudioError
from segstudio.imaging import is_picture

IMAGES = "images"
_PROJECT_FILE = "project.json"
_STATE = ".segstudio"
_OWN_FOLDERS = ("labels", "provenance", "runs", _STATE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of one project; none of them need exist.

    Attributes
    ----------
    folder
        The folder that was opened, with the pictures. Nothing in it is changed but the home.
    home
        Where the project's own files are kept: ``folder``, or a folder of the user's data.
    """

    folder: Path
    home: Path

    @property
    def project_file(self) -> Path:
        return self.home / _PROJECT_FILE

    @property
    def labels(self) -> Path:
        return self.home / "labels"

    @property
    def provenance(self) -> Path:
        return self.home / "provenance"

    @property
    def runs(self) -> Path:
        return self.home / "runs"

    @property
    def state(self) -> Path:
        return self.home / _STATE

    @property
    def index(self) -> Path:
        return self.state / "index.sqlite"

    @property
    def journal(self) -> Path:
        return self.state / "journal"

    @property
    def history(self) -> Path:
        return self.state / "history"

    @property
    def set_aside(self) -> Path:
        return self.state / "set-aside"

    @property
    def deleted(self) -> Path:
        return self.state / "deleted"

    @property
    def remap(self) -> Path:
        return self.state / "remap"

    @property
    def remap_undo(self) -> Path:
        return self.state / "remap-undo"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def holder(self) -> Path:
        return self.state / "holder.json"

    @property
    def thumbnails(self) -> Path:
        return self.state / "thumbnails"


def find_folder(path: Path) -> tuple[Path, Path | None]:
    """The project folder that a path means, and the picture in it where the path is one.

    A picture means its folder. ``project.json`` means its folder. ``images`` means the project
    around it, where there is one.

    Raises
    ------
    SegStudioError
        Where there is nothing there, a file that is no picture, or one of a project's own folders.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would lead away over links
    if path.is_dir():
        return _around(path), None
    if not path.exists():
        raise SegStudioError(path, "does not exist", "Check its name and folder.")
    if path.name == _PROJECT_FILE:
        return path.parent, None
    if not is_picture(path):
        raise SegStudioError(
            path, "is neither a folder nor a picture", "Open a folder of pictures, or a picture."
        )
    return _around(path.parent), path


def find_home(folder: Path) -> tuple[Layout, str]:
    """Where the project of a folder is kept, and why it cannot be written (empty where it can)."""
    here, away = Layout(folder, folder), Layout(folder, _data_home(folder))
    if away.project_file.exists() and not here.project_file.exists():
        return away, ""
    if may_write(folder):
        return here, ""
    if here.project_file.exists() and not away.project_file.exists():
        return here, "its folder may not be written"
    return away, ""


def may_write(folder: Path) -> bool:
    """Whether a project can be kept in a folder of pictures."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    try:
        (folder / _STATE).mkdir(exist_ok=True)  # some systems know only by trying
    except OSError:
        return False
    return True


def is_plain_name(name: str) -> bool:
    """Whether a name from a file can be a frame's: no way out of the project's folders."""
    return name not in ("", ".", "..") and not set(name) & {"/", "\\", "\0"}


def _around(folder: Path) -> Path:
    if not (folder.parent / _PROJECT_FILE).exists() or (folder / _PROJECT_FILE).exists():
        return folder
    if folder.name == IMAGES:
        return folder.parent
    if folder.name in _OWN_FOLDERS:
        raise SegStudioError(
            folder, "is a part of the project around it", f"Open {folder.parent} instead."
        )
    return folder


def _data_home(folder: Path) -> Path:
    stated = os.environ.get("SEGSTUDIO_DATA")
    data = Path(stated) if stated else user_data_path("segstudio", appauthor=False)
    # The name is for people; the digest tells apart folders of the same name.
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return data / "projects" / f"{folder.name}-{digest}"
