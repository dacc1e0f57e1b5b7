"""SegStudio: label pictures pixel by pixel and train segmentation networks on the labels."""

__version__ = "0.1.0"
