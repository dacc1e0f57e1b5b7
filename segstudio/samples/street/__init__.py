"""The parts of a street scene, each drawn by a file of its own."""
