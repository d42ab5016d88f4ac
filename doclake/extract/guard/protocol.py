"""Names shared by both sides of the guard: what lies in the folder of a worker."""

from __future__ import annotations

DOCUMENT = "document"  # the bytes, read only
WORK = "work"  # the only folder the worker may change
RESULT, ELEMENTS, CHILDREN, LOG = "result.json", "elements.arrow", "children", "log"
MEDIA_TYPE = "media_type"  # written before the parser begins, in case it never returns
OUT_OF_MEMORY = 77  # exit status of a worker that could not even write its error
