"""The one exception that is meant for the person in front of the screen."""


class SegStudioError(Exception):
    """A failure that its reader can do something about.

    Parameters
    ----------
    subject
        What failed: a file's path, a class's name, a setting.
    reason
        What is wrong with it, without a full stop.
    remedy
        What to do about it, a whole sentence; may be empty.
    """

    def __init__(self, subject: object, reason: str, remedy: str = "") -> None:
        self.subject = str(subject)
        self.reason = reason
        self.remedy = remedy
        super().__init__(self.subject, reason, remedy)

    def __str__(self) -> str:
        sentence = f"{self.subject}: {self.reason}." if self.subject else f"{self.reason}."
        return f"{sentence} {self.remedy}".strip()
