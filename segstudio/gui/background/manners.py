"""How a process behaves beside the window."""

import os
import signal


def stand_back(politeness: int) -> None:
    """Leave Ctrl+C to the window, and the processor to it too where there is not enough.

    Parameters
    ----------
    politeness
        0 to 19, as :func:`os.nice` counts it; Windows knows no such thing.
    """
    # Ctrl+C in a terminal reaches every process that was started from it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(politeness)
