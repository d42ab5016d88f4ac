"""What the pipeline calls: documents in, finished element rows or typed errors out, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from doclake.errors import DocumentError
from doclake.extract import format_versions
from doclake.extract.batching import batches, may_join
from doclake.extract.document import (
    Document,
    ExtractedDocument,
    Identity,
    failed,
    identity_of,
    name_of,
    of_file,
    unchanged,
    unread,
)
from doclake.extract.document_tree import Tree
from doclake.extract.failure import failure_of
from doclake.extract.guard.guard import DETECT, LOAD, REUSE, Guard, Short
from doclake.extract.receiving import Content, receive
from doclake.servers.client import Servers
from doclake.settings import ExtractRecipe, Limits

__all__ = ["Document", "ExtractedDocument", "Extractor", "extract_file"]

# Roots, or batches of short texts, begun for each worker. While one takes long, results after it
# wait; with too few begun, the other workers would wait too.
_AHEAD = 8

ExtractedTree = tuple[ExtractedDocument, ...]


class Extractor:
    """Owns the guarded workers; a context manager.

    `workers` documents are parsed at once; a worker handles up to `reuse` documents of one source
    before a fresh one takes its place, and any failure replaces it at once. Neighbouring short
    texts count as one, see `batching`. Raises `SandboxMissing`, see `Limits.require_sandbox`.
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
        required = limits.require_sandbox
        self._guard = Guard(self._workers, reuse=reuse, detect=detect, load=load, required=required)
        self._servers = Servers()
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="doclake-extract")
        # For what is inside a container: the threads above wait for these.
        self._helpers = ThreadPoolExecutor(self._workers, thread_name_prefix="doclake-member")

    def __enter__(self) -> Extractor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process and thread, and remove the temporary folder."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._servers.close()
        self._guard.end_workers()  # so that no thread waits for a worker
        self._threads.shutdown(wait=True)
        self._helpers.shutdown(wait=True)
        self._guard.close()

    def extract(self, documents: Iterable[Document]) -> Iterator[ExtractedTree]:
        """One tuple for each root, in input order: the root first, then its descendants.

        Streams: at most `8 * workers` roots, or batches of short texts, are held at once. Never
        raises for a document.
        """
        begun: deque[Future[list[ExtractedTree]]] = deque()
        try:
            for batch in batches(documents):
                begun.append(self._threads.submit(self._extract_batch, batch))
                if len(begun) >= _AHEAD * self._workers:
                    yield from begun.popleft().result()
            while begun:
                yield from begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()

    def _extract_batch(self, batch: list[Document]) -> list[ExtractedTree]:
        contents = [self._read(document) for document in batch]
        together = self._extract_together(batch, contents) if len(batch) > 1 else [None]
        return [
            (extracted,) if extracted else self._extract_tree(document, content)
            for document, content, extracted in zip(batch, contents, together, strict=True)
        ]

    def _read(self, document: Document) -> Content | DocumentError:
        try:
            return receive(document, self._limits, self._guard.new_file)
        except Exception as error:
            return failure_of(error)

    def _extract_together(
        self, batch: list[Document], contents: list[Content | DocumentError]
    ) -> list[ExtractedDocument | None]:
        """The short texts among these, extracted; None for the others and for any failure."""
        joined = {
            number: Short(name_of(root.path), _identity(root, content), content.data)
            for number, (root, content) in enumerate(zip(batch, contents, strict=True))
            if isinstance(content, Content)
            and content.digest != root.known
            and not content.file
            and may_join(content.data)
        }
        recipe = batch[0].recipe
        fingerprints = format_versions.fingerprints_of(recipe)
        shorts = list(joined.values())
        extracted = self._guard.run_batch(shorts, recipe, fingerprints, self._limits)
        by_number = dict(zip(joined, extracted, strict=True))
        return [by_number.get(number) for number in range(len(batch))]

    def _extract_tree(self, document: Document, content: Content | DocumentError) -> ExtractedTree:
        """The tree of one root. What is raised on the way, ours or not, is that root's failure, so
        that no document stops the others."""
        if isinstance(content, DocumentError):
            return (unread(document, content),)
        try:
            return self._parsed(document, content)
        except Exception as error:
            return (failed(document, content.digest, content.size, failure_of(error)),)

    def _parsed(self, document: Document, content: Content) -> ExtractedTree:
        if content.digest == document.known:
            if content.file:
                content.file.unlink()
            return (unchanged(document, content.digest, content.size),)
        file = content.file or self._guard.put(content.data)
        identity = _identity(document, content)
        tree = Tree(
            document, self._guard, self._servers, self._limits, self._helpers, self._workers
        )
        return tree.extract(file, identity)


def _identity(root: Document, content: Content) -> Identity:
    return identity_of(root, content.digest, content.size)


def extract_file(
    path: Path, recipe: ExtractRecipe, limits: Limits, *, password: str | None = None
) -> ExtractedTree:
    """Extract one local file without a lake."""
    document = of_file(path, recipe, password=password)
    with Extractor(limits, workers=1) as extractor:
        return next(iter(extractor.extract([document])))
