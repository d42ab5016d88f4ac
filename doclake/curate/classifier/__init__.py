"""A classifier that people train on labels of their own: its features, its file, its training."""
