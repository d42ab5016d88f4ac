"""Curation: what is wrong with chunks, as scores and flags. Knows no lake and removes nothing."""
