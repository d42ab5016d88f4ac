"""Chunks that say what another chunk says already."""
