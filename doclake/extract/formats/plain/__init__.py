"""Plain text and formats close to it."""
