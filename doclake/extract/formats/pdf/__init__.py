"""PDF, by two engines over one shared layout."""
