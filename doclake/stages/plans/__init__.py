"""What a stage has to do, told from the tables. Reads only."""
