"""Search with citations."""
