"""Everything that knows Qt. It imports no torch: the window paints before torch is loaded."""
