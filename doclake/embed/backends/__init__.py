"""Where texts become vectors."""
