"""What a stage has to do, read from the tables. Never writes."""
