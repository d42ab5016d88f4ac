"""The media type of a document, told from its content."""
