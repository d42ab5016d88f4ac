"""Questions in SQL to the tables of the lake, as those who ask may read them."""
