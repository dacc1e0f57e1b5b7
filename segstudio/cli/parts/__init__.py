"""What the commands share: the application, progress bars, printing."""
