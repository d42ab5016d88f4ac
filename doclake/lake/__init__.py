"""Delta tables: the truth of what was ingested."""
