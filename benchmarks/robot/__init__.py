"""A labeller that knows the truth and corrects frames with SegStudio's tools alone."""
