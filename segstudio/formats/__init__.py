"""Label formats, one file each: how label maps are written for other programs and read back."""

from segstudio.formats.parts.ids import count_ids
from segstudio.formats.parts.spec import FormatSpec, registry

__all__ = ["FormatSpec", "count_ids", "registry"]
