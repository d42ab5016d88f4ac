"""Servers of models. The parent asks them: a worker has no network."""
