"""Pictures to lines of text."""
