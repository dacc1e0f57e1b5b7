"""Fetch an architecture's published weights."""

from collections.abc import Iterator

from segstudio.core.progress import Progress


def download_weights(architecture: str, weights: str = "") -> Iterator[Progress]:
    """Download weights unless they are in the cache, and load them.

    Parameters
    ----------
    architecture, weights
        Their names; the first weights where none are named.

    Yields
    ------
    :class:`Progress` in bytes; the last one's payload is the ``Checkpoint``.

    Raises
    ------
    SegStudioError
        Where there are no such weights or they cannot be had; the message says what to do then.
    """
    from segstudio.inference.opening import open_published

    checkpoint = yield from open_published(architecture, weights)
    yield Progress(1, 1, f"{architecture} is ready", checkpoint)
