"""From a page, read by any engine, to blocks."""
