"""One module or room for each format family."""
