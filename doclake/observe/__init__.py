"""What the lake is like, day by day. Nothing here writes a row."""
