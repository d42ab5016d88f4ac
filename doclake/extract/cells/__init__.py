"""Cells of tables, whatever format they came from."""
