"""What both sides of the guard know: what lies in the folder of a worker, and how much."""

from __future__ import annotations

DOCUMENT = "document"  # the bytes, read only
WORK = "work"  # the only folder the worker may change
RESULT, ELEMENTS, CHILDREN, LOG = "result.json", "elements.arrow", "children", "log"
PICTURES = "pictures"  # of pages, for a vision server: PNG, named 0, 1 ...
MEDIA_TYPE = "media_type"  # written before the parser begins, in case it never returns
OUT_OF_MEMORY = 77  # exit status of a worker that could not even write its error
FEW_FIELDS = 100  # of metadata; a document with more is not sent together with others
LONGEST_NAME = 1_000  # characters of the name of an inner document
LONGEST_MESSAGE = 1_000  # characters of what an error says
NO_SPACE = 78  # exit status of a worker that could not write what it found
