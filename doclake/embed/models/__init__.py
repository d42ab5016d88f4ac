"""Which files a model's name means."""
