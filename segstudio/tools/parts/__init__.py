"""What the tools share: the gesture, stamps and their sweeps, strokes."""
