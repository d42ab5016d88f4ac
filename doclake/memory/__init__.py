"""What agents remember: the tables `memories` and `memory_events`, and a view to recall from."""
