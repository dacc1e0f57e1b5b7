"""Ways to compute a network's forward pass, one file each; :mod:`choice` picks among them."""
