"""A page, whoever read it, to blocks."""
