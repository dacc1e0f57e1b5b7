"""What the image readers share."""
