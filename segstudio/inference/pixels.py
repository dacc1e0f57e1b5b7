"""Raw pixels to what networks see. Training and prediction both come through here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.frame import percentile_window

# ITU-R BT.601: how bright red, green and blue look.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def to_unit(
    image: NDArray[Any], channels: int = 3, window: tuple[float, float] | None = None
) -> NDArray[np.float32]:
    """Pixels on a scale of 0 to 1, in the number of channels that a network wants.

    8-bit pixels are divided by 255. All others are stretched between ``window``'s ends or, without
    one, between their 0.5 and 99.5 percentiles, as :attr:`Frame.display` shows them: so convert a
    whole frame, and cut afterwards. NaN becomes 0.

    Parameters
    ----------
    image
        HxW or HxWxC; uint8, uint16, float32 or any other real dtype.
    channels
        Channels of the network. Grey is repeated, colour weighed to grey, alpha dropped.
    window
        Raw values that become 0 and 1, where the file states them.

    Returns
    -------
    channels x H x W float32, C-contiguous.

    Raises
    ------
    SegStudioError
        Where the picture is empty or its channels cannot be made to fit.
    """
    if image.ndim not in (2, 3) or image.size == 0:
        raise SegStudioError(
            "picture", f"has shape {image.shape}, and height x width (x channels) is needed"
        )
    if image.ndim == 2:
        image = image[..., None]
    count = image.shape[2]
    # Before scaling: an opaque alpha plane would set the window's upper end.
    if count in (2, 4) and count != channels:
        image = image[..., :-1]
    # Sorted into planes while they are small.
    planes = _scaled(np.ascontiguousarray(image.transpose(2, 0, 1)), window)
    return np.ascontiguousarray(_with_channels(planes, channels))


def _scaled(image: NDArray[Any], window: tuple[float, float] | None) -> NDArray[np.float32]:
    if image.dtype == np.uint8:
        shares: NDArray[np.float32] = np.divide(image, np.float32(255), dtype=np.float32)
        return shares
    values = image.astype(np.float32)
    if image.dtype == np.bool_:
        return values
    low, high = window or percentile_window(values)
    with np.errstate(invalid="ignore"):
        unit: NDArray[np.float32] = (values - np.float32(low)) / np.float32(max(high - low, 1e-6))
    np.nan_to_num(unit, copy=False, nan=0.0, posinf=1.0, neginf=0.0)
    return unit.clip(0, 1)


def _with_channels(planes: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    count = len(planes)
    if count == channels:
        return planes
    if count == 1:
        return np.repeat(planes, channels, axis=0)
    if count == 3 and channels == 1:
        grey: NDArray[np.float32] = np.tensordot(_LUMA, planes, axes=1)
        return grey[None]
    raise SegStudioError(
        "picture",
        f"has {count} channels, and the model wants {channels}",
        "Choose a model that was trained on pictures of this kind.",
    )
