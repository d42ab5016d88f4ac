"""Sheets of cells, and values as a spreadsheet shows them."""
