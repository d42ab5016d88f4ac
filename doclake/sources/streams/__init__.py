"""Topics whose messages are documents or changes of rows."""
