"""The canvas: a picture with its label map over it, and the gestures that change it."""
