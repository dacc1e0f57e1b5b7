"""What checks share: what they see, what they find, and which of them are wanted."""
