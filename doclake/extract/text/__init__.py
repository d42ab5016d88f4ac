"""Characters, languages and words, the same for every format."""
