"""The tables of a lake as tables of Iceberg, over the same files of rows."""
