"""Sensors: they notice changes and failures, and start runs."""
