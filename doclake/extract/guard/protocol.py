"""Names shared by both sides of the guard: where a document stands and what lies in its folder."""

from __future__ import annotations

DOCUMENT = "document"  # the bytes, read only
WORK = "work"  # the only folder the child may change
RESULT, ELEMENTS, CHILDREN, LOG = "result.json", "elements.arrow", "children", "log"
OUT_OF_MEMORY = 77  # exit status of a child that could not even write its error
