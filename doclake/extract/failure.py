"""What an exception that nobody expected means for the document at hand."""

from __future__ import annotations

import errno

from doclake.errors import DocumentError, NoSpace, ParserFailed, ParsersUnavailable
from doclake.extract.text.cleaning import clean

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def failure_of(error: Exception) -> DocumentError:
    """The error for the document's row. What is no document's doing is raised: no row may be
    blamed for it. It goes without the frames it came from, which hold the
    document's bytes, and without characters of a source's library that no table takes."""
    if isinstance(error, ParsersUnavailable):
        raise error
    if isinstance(error, DocumentError):
        error.message = clean(error.message, lines=False)
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
    if isinstance(error, OSError) and error.errno in _FULL:
        return NoSpace("The temporary folder is full.")
    kind = type(error).__name__
    return ParserFailed(f"Doclake could not handle it: {kind}.", exception=kind)
