"""One file for each table: its schema, with a description of every column."""
