"""Plain text and what is close to it."""
