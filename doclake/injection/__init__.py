"""Finding text that tells a language model what to do."""
