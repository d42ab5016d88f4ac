"""Data sets made of rows of the lake, and what makes them again byte for byte."""
