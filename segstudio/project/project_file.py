"""``project.json``: what the user decided and no other file can tell.

Class table, settings, what was said of a frame (done, empty, flagged), where the pictures lie, and
the names of frames that share a file's stem. Written as a whole and never torn.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.project.layout import is_plain_name

FORMAT_VERSION = 1
_VERSION_KEY = "segstudio"
_KNOWN = ("classes", "settings", "done", "empty", "flags", "names")
_KEEP = "Repair it, or move it away to begin anew; the label files stay as they are."


@dataclass(slots=True)
class ProjectFile:
    """What stands in ``project.json``.

    Attributes
    ----------
    classes
        The class table.
    settings
        Plain values by name, free for the window and the command line.
    done
        Names of the frames that the user called done. They stand here and not in the index,
        because nothing else could tell them again.
    empty
        Names of those among them in which there is nothing to label.
    flags
        The user's comment on each flagged frame, by name; it may be empty.
    source
        Subfolder of the pictures, "." for the folder itself; empty while it is not settled.
    names
        Frame names by file name, for files that share their stem.
    others
        What a later version of the same format wrote beside; kept.
    """

    classes: ClassTable = field(default_factory=ClassTable)
    settings: dict[str, Any] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    flags: dict[str, str] = field(default_factory=dict)
    source: str = ""
    names: dict[str, str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "ProjectFile":
        """Read it; a project that has none yet has an empty class table.

        Raises
        ------
        SegStudioError
            Where the file is damaged, another program's, or of a newer SegStudio. It is left
            untouched.
        """
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return cls()
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error})"
            raise SegStudioError(path, reason, "Check that you may read it.") from error
        return cls._from(_parsed(raw, path), path)

    def save(self, path: Path) -> None:
        """Write it.

        Raises
        ------
        SegStudioError
            Where it cannot be written, or a setting is no plain value.
        """
        content = {
            _VERSION_KEY: FORMAT_VERSION,
            "classes": self.classes.to_json(),
            "source": self.source,
            "settings": self.settings,
            "done": sorted(self.done),
            "empty": sorted(self.empty),
            "flags": dict(sorted(self.flags.items())),
            "names": self.names,
            **self.others,
        }
        try:
            text = json.dumps(content, indent=2, ensure_ascii=False)
        except (TypeError, ValueError) as error:
            raise SegStudioError(path, f"cannot hold these settings ({error})") from error
        write_bytes(path, (text + "\n").encode("utf-8", "surrogatepass"))

    @classmethod
    def _from(cls, content: dict[str, Any], path: Path) -> "ProjectFile":
        known = {name: content.pop(name, None) for name in _KNOWN}
        source = content.pop("source", "")
        content.pop(_VERSION_KEY)
        try:
            return cls(
                ClassTable.from_json(known["classes"] or ()),
                dict(known["settings"] or {}),
                {str(name) for name in known["done"] or ()},
                {str(name) for name in known["empty"] or ()},
                {str(name): str(text) for name, text in dict(known["flags"] or {}).items()},
                str(source),
                {str(file): _plain(name) for file, name in dict(known["names"] or {}).items()},
                content,
            )
        except (TypeError, ValueError, SegStudioError) as error:
            raise SegStudioError(path, f"is damaged ({error})", _KEEP) from error


def _plain(name: object) -> str:
    if not is_plain_name(str(name)):
        raise ValueError(f"{name!r} is no name of a frame")
    return str(name)


def _parsed(raw: bytes, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise SegStudioError(path, f"is damaged ({error})", _KEEP) from error
    version = content.get(_VERSION_KEY) if isinstance(content, dict) else None
    if not isinstance(version, int):
        raise SegStudioError(path, "is not a SegStudio project file", _KEEP)
    if version > FORMAT_VERSION:
        raise SegStudioError(
            path,
            f"was written by a newer SegStudio (format {version}; this one knows {FORMAT_VERSION})",
            "Update SegStudio to open it; nothing was changed.",
        )
    return dict(content)
