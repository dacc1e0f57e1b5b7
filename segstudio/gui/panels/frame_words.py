"""How the list tells of a frame: status, remark and tooltip."""

from dataclasses import dataclass
from html import escape

from segstudio.gui.panels.frame_order import FrameRow, Sorting
from segstudio.project import FrameRecord, Status


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: its word, its icon, and the role of its colour in the theme."""

    label: str
    icon: str
    role: str


STATUSES = {
    Status.UNLABELLED: StatusLook("Unlabelled", "circle-outline", "quiet"),
    Status.PREDICTED: StatusLook("Predicted", "auto-fix", "info"),
    Status.EDITED: StatusLook("Edited", "pencil", "caution"),
    Status.DONE: StatusLook("Done", "check-circle", "good"),
}
"""In the order of the work."""

EMPTY = StatusLook("Empty", "check-circle-outline", "good")


def look_of(record: FrameRecord) -> StatusLook:
    """How a frame's status is shown."""
    return EMPTY if record.empty else STATUSES[record.status]


def remark(record: FrameRecord, sorting: Sorting) -> str:
    """A few letters beside the status: what the list is sorted by, else the uncertainty."""
    if sorting is Sorting.TIME:
        return time_in_words(record.seconds) if record.seconds else ""
    if sorting is Sorting.CORRECTED:
        return _pixels(record.corrected or 0) if record.corrected else ""
    return "" if record.uncertainty is None else f"{record.uncertainty:.2f}"


def sentences(row: FrameRow) -> list[str]:
    """All that is known of a frame, a line each; the first is its name."""
    record = row.record
    lines = [row.name, look_of(record).label]
    if record.flag is not None:
        lines.append(f"Flagged: {record.flag}" if record.flag else "Flagged")
    if record.seconds >= 1:
        lines.append(f"Time spent: {time_in_words(record.seconds)}")
    if record.corrected:
        lines.append(f"Corrected pixels: {record.corrected:,}")
    if record.uncertainty is not None:
        lines.append(f"Mean uncertainty: {record.uncertainty:.2f} of 1")
    return lines


def tooltip(row: FrameRow) -> str:
    """The same for Qt, which takes a comment with a "<" in it for a page of HTML otherwise."""
    first, *others = map(escape, sentences(row))
    return "<br>".join([f"<b>{first}</b>", *others])


def time_in_words(seconds: float) -> str:
    """Such as "40 s", "12 min" or "3 h 5 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _pixels(count: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.0f} {letter} px"
    return f"{count} px"
