"""The trust border: parsers run in confined workers."""
