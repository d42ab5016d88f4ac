"""Tuning the embedding model: what it learns from, how it learns, and how it is tried."""
