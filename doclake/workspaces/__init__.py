"""Temporary folders of runs, which are removed however a run ends."""
