"""Extracted documents for people to look at."""
