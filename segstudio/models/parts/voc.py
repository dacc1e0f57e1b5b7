"""The classes of Pascal VOC, in the order and colours that its label files use."""

from segstudio.core.classes import ClassTable, Colour, LabelClass

NAMES = (
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
)


def voc_classes() -> ClassTable:
    """The 21 classes with VOC's own palette."""
    return ClassTable(
        tuple(LabelClass(index, name, voc_colour(index)) for index, name in enumerate(NAMES))
    )


def voc_colour(index: int) -> Colour:
    """VOC's colour of a class id: its bits dealt out to red, green and blue, highest first."""
    channels = [0, 0, 0]
    for place in range(8):
        for channel in range(3):
            bit = index >> (3 * place + channel) & 1
            channels[channel] |= bit << (7 - place)
    return channels[0], channels[1], channels[2]
