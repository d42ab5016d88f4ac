"""Pictures of pages for those who may see a passage of their document."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable

import anyio

from doclake.errors import DocumentChanged, DocumentError, DocumentUnreadable, PageNotShown
from doclake.extract.document import Document
from doclake.extract.formats.page_picture import can_show
from doclake.extract.model import PagePicture
from doclake.extract.page_pictures import PagePictures
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.passages import passage
from doclake.settings import Limits, SourceSettings
from doclake.settings.personal_data import REPLACING
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.ledger import LEDGER, LedgerRow

_MOST_KEPT = 64 << 20  # bytes of PNG
_VERSION = ("bucket", "content_hash")
_LEDGER = ("status", "indexed", "personal_kinds")
_log = logging.getLogger(__name__)
_Key = tuple[str, str, int]


def shows_pages(path: str, media_type: str | None) -> bool:
    """Whether pages of a document can be drawn: it must lie in its source itself, as what is inside
    another document cannot be read without that one."""
    return can_show(media_type) and "!/" not in path


def kept_back(project: Project, found: Hit) -> str | None:
    """Why the pages of a document are shown to nobody now, whatever format it has: they show what
    its text is kept without, or the ledger cannot say that they do not.

    While a run is at work, and after it failed, the ledger knows what another extraction found than
    the one that the passage is of.
    """
    scope = Scope(found.source, where={"doc_id": [found.doc_id]})
    rows = LEDGER.rows(project.lake.read("ledger", scope, _LEDGER, often=True))
    if any(_is_masked(project.source(found.source), row) for row in rows):
        return "Its pages show personal data that is masked in its text."
    if not rows or any(row["status"] != ledger.OK or row["indexed"] is None for row in rows):
        return "The document was not read and indexed to the end, so its pages are not shown."
    return None


def _is_masked(source: SourceSettings, row: LedgerRow) -> bool:
    """By what was done to the document or by the settings of today."""
    actions = source.recipe.personal_data
    return any(
        done.partition(":")[2] != "flag" or actions.action(done.partition(":")[0]) in REPLACING
        for done in row["personal_kinds"] or ()
    )


class PageImages:
    """Draws pages as they were when they were indexed, and keeps those that were drawn last.

    Whoever draws holds `turn`: only one page is drawn at a time, and who waits for it takes no
    thread from searches.
    """

    def __init__(self, limits: Limits) -> None:
        self.turn = anyio.Lock()
        self._pictures = PagePictures(limits)
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, PagePicture] = OrderedDict()

    def close(self) -> None:
        self._pictures.close()

    def draw(
        self, project: Project, citation_id: str, page: int, principals: Iterable[str]
    ) -> PagePicture:
        """A page, from 1, of the document of a passage that the principals may see.

        Raises `PassageGone`, `PageNotShown`, and `DocumentChanged` if the source holds another
        version than the one that the passage was found in.
        """
        found = passage(project, citation_id, principals=principals).hit
        if not shows_pages(found.path, found.media_type):
            raise PageNotShown("There are no pictures of the pages of this document.")
        if (why := kept_back(project, found)) is not None:
            raise PageNotShown(why)
        row = version_of(project, found)
        key = found.doc_id, row["content_hash"], page
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = self._drawn(_document(project, found, row), page)
        self._keep(key, picture)
        return picture

    def _drawn(self, document: Document, page: int) -> PagePicture:
        try:
            return self._pictures.draw(document, page)
        except DocumentUnreadable as error:
            _log.warning("%s of %s: %s", document.path, document.source, error)
            raise PageNotShown("The document cannot be read at its source now.") from error
        except DocumentError as error:
            raise PageNotShown(f"This page cannot be drawn: {error.message}") from error

    def _keep(self, key: _Key, picture: PagePicture) -> None:
        with self._lock:
            self._kept[key] = picture
            while sum(len(one.data) for one in self._kept.values()) > _MOST_KEPT:
                self._kept.popitem(last=False)


def version_of(project: Project, found: Hit) -> ChunkRow:
    """Bucket and content hash of the version that a passage is of. The lake may hold other chunks
    of it already; an index of an older Doclake does not know its version. Raises
    `DocumentChanged`."""
    _, index = project.index.require()
    scope = Scope(found.source, where={"doc_id": [found.doc_id], "chunk_id": [found.chunk_id]})
    is_known = "content_hash" in index.columns
    rows = index.of(scope, _VERSION) if is_known else project.lake.read("chunks", scope, _VERSION)
    known = [row for row in CHUNKS.rows(rows) if row["content_hash"]]
    if not known:
        raise DocumentChanged(
            "The document has changed since it was indexed, so its pages are not shown.",
            mend="Search again after the next run.",
        )
    return known[0]


def _document(project: Project, found: Hit, row: ChunkRow) -> Document:
    settings = project.source(found.source)
    source = project.open_source(found.source, read_only=True)
    return Document(
        source=found.source,
        bucket=row["bucket"],
        doc_id=found.doc_id,
        path=found.path,
        recipe=settings.recipe.extract,
        open=lambda: source.open(found.path),
        known=row["content_hash"],
    )
