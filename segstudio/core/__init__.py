"""What a label is: classes, label maps, edits, history, documents. NumPy only; no Qt, no torch."""
