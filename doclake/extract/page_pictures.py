"""Pictures of pages, drawn in confined workers as documents are read there."""

from __future__ import annotations

import threading

from doclake.errors import DocumentChanged, PageNotShown
from doclake.extract import format_versions
from doclake.extract.document import Document, identity_of, name_of
from doclake.extract.formats.page_picture import task_name
from doclake.extract.guard.guard import DETECT, Guard, Task
from doclake.extract.model import PagePicture
from doclake.extract.receiving import receive
from doclake.settings import Limits

_LOAD = "doclake.extract.formats.page_picture:load"
_SECONDS = 10.0  # of CPU time: somebody waits for it
_WALL_CLOCK = 2.0  # as `limits.wall_clock_factor`


class PagePictures:
    """Owns one worker, which starts when it is first needed. Threads may share it."""

    def __init__(self, limits: Limits) -> None:
        seconds = min(_SECONDS, limits.timeout_seconds)
        short = {"timeout_seconds": seconds, "wall_clock_factor": _WALL_CLOCK}
        self._limits = limits.model_copy(update=short)
        self._lock = threading.Lock()
        self._guard: Guard | None = None

    def close(self) -> None:
        """No thread may still be in `draw`."""
        with self._lock:
            if self._guard is not None:
                self._guard.close()

    def draw(self, document: Document, page: int) -> PagePicture:
        """A page, from 1, of a document with the content hash `known`.

        Raises `DocumentChanged` if its bytes are others by now, `PageNotShown` if they show no such
        page, and the `DocumentError` of a document that cannot be read.
        """
        guard = self._started()
        content = receive(document, self._limits, guard.new_file)
        if content.digest != document.known:
            if content.file:
                content.file.unlink()
            raise DocumentChanged(
                "The document has changed since it was indexed, so its pages are not shown.",
                mend="Search again after the next run.",
            )
        task = Task(
            content.file or guard.put(content.data),
            task_name(page, name_of(document.path)),
            identity_of(document, content.digest, content.size),
            document.recipe,
            format_versions.fingerprints_of(document.recipe),
            self._limits,
            document.password,
        )
        reply = guard.run(task)
        if reply.document.error is not None:
            raise reply.document.error
        if len(reply.pictures) != 1:  # larger than `limits.output_mb`
            raise PageNotShown("The picture of the page is too large.")
        return reply.pictures[0]

    def _started(self) -> Guard:
        with self._lock:
            if self._guard is None:
                required = self._limits.require_sandbox
                self._guard = Guard(1, detect=DETECT, load=_LOAD, required=required)
            return self._guard
