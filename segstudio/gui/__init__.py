"""Everything that knows Qt. Importing this room imports no torch, so that the window paints first."""
