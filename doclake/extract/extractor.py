"""What the pipeline calls: documents in, finished element rows or typed errors out, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from doclake import ids
from doclake.errors import DocumentUnreadable
from doclake.extract.guard import DETECT, LOAD, REUSE, Guard
from doclake.extract.tree import Document, ExtractedDocument, Tree
from doclake.settings import ExtractRecipe, Limits

__all__ = ["Document", "ExtractedDocument", "Extractor", "extract_file"]

_AHEAD = 3  # roots begun for each worker, so that one slow document does not idle the others


class Extractor:
    """Owns the guarded children; a context manager.

    `workers` documents are parsed at once; a child handles up to `reuse` documents of one source
    before a fresh one takes its place, and any failure replaces it at once.
    """

    def __init__(
        self,
        limits: Limits,
        workers: int,
        *,
        reuse: int = REUSE,
        detect: str = DETECT,
        load: str = LOAD,
    ) -> None:
        self._limits = limits
        self._workers = max(1, workers)
        self._guard = Guard(self._workers, reuse=reuse, detect=detect, load=load)
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="doclake-extract")

    def __enter__(self) -> Extractor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave no process, no thread and no temporary folder."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._guard.end_children()  # so that no thread waits for one
        self._threads.shutdown(wait=True)
        self._guard.close()

    def extract(self, documents: Iterable[Document]) -> Iterator[tuple[ExtractedDocument, ...]]:
        """One tuple for each root, in input order: the root first, then its descendants.

        Streams: at most `3 * workers` roots are held at once. Never raises for a document.
        """
        begun: deque[Future[tuple[ExtractedDocument, ...]]] = deque()
        try:
            for document in documents:
                begun.append(self._threads.submit(self._extract_tree, document))
                if len(begun) >= _AHEAD * self._workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()

    def _extract_tree(self, document: Document) -> tuple[ExtractedDocument, ...]:
        return Tree(document, self._guard, self._limits).extract()


def extract_file(
    path: Path, recipe: ExtractRecipe, limits: Limits, *, password: str | None = None
) -> tuple[ExtractedDocument, ...]:
    """Extract one file of this machine without a lake, under the source name "file"."""

    def read() -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise DocumentUnreadable(f"{path}: {error.strerror}.") from error

    doc_id = ids.doc_id("file", path.name)
    document = Document("file", "00", doc_id, path.name, "", recipe, "", read, password)
    with Extractor(limits, workers=1) as extractor:
        return next(iter(extractor.extract([document])))
