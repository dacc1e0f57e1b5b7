"""Files -> frames, one reader per kind of file. No Qt, no torch."""

from segstudio.imaging.parts.door import count_frames, open_source, preview, thumbnail
from segstudio.imaging.parts.failures import SourceError
from segstudio.imaging.parts.folder import find_pictures, is_picture, natural_key
from segstudio.imaging.parts.spec import Preview, Source

__all__ = [
    "Preview",
    "Source",
    "SourceError",
    "count_frames",
    "find_pictures",
    "is_picture",
    "natural_key",
    "open_source",
    "preview",
    "thumbnail",
]
