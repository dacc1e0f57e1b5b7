"""What lies beside the canvas to be compared with it: what may be chosen, and how it is got."""
