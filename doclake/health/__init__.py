"""Looks at the lake and says what is wrong. Never writes."""
