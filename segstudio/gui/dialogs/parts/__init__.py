"""What the dialogs share."""
