"""Names shared by both sides of the guard: what lies in the folder of a child."""

from __future__ import annotations

DOCUMENT = "document"  # the bytes, read only
WORK = "work"  # the only folder the child may change
RESULT, ELEMENTS, CHILDREN, LOG = "result.json", "elements.arrow", "children", "log"
MEDIA_TYPE = "media_type"  # told before the parser begins, should it not come back
OUT_OF_MEMORY = 77  # exit status of a child that could not even write its error
