"""Sensors: what starts and what notices by itself."""
