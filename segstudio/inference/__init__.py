"""Running networks on pictures of any kind and size, and refining what they say."""
