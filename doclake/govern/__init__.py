"""Answers for who must account for the rows: what came of what."""
