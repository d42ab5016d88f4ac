"""Characters, languages and words, whatever format they came from."""
