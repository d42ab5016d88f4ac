"""Cells of data tables, the same for every format."""
