"""How many pixels a file may claim to hold before its pixels are decoded.

A few kilobytes can claim gigapixels; the claim is checked first, so that opening a folder cannot
exhaust the memory.
"""

import os

PIXEL_BUDGET = 400_000_000
"""Pixels of the largest frame that is opened, unless SEGSTUDIO_PIXEL_BUDGET says otherwise."""

REMEDY = "If you trust the file, set SEGSTUDIO_PIXEL_BUDGET to a larger number of pixels."


def pixel_budget() -> int:
    """The user's limit, from the environment, or :data:`PIXEL_BUDGET`."""
    stated = os.environ.get("SEGSTUDIO_PIXEL_BUDGET", "")
    return int(stated) if stated.isdigit() else PIXEL_BUDGET


def why_too_large(height: int, width: int, budget: int) -> str:
    """Why a file of this size is not decoded, without a full stop; empty where it is."""
    if height * width <= budget:
        return ""
    claim = f"states a size of {width} x {height} pixels"
    return f"{claim}, more than the {budget / 1e6:.0f} megapixels that are opened"
