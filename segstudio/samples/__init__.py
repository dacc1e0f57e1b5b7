"""Draws sample pictures with exact masks: street scenes and microscopy-like cells."""
