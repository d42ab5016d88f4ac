"""Personal data in what extraction gave: every text that is written goes through the policy of its
source first.

The parent does it, not the worker that parsed the document: a parser that was taken over cannot
leave it out, and what servers made of a page goes through it too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from doclake import ids
from doclake.errors import DocumentError
from doclake.extract.document import ExtractedDocument
from doclake.extract.failure import failure_of
from doclake.extract.row_keys import rekeyed
from doclake.personal.policy import Policy
from doclake.tables.rows import with_column

_REMEMBERED = 1_000  # headings and links, which repeat


def treated(
    trees: Iterable[tuple[ExtractedDocument, ...]], policy: Policy
) -> Iterator[tuple[ExtractedDocument, ...]]:
    """The trees as they may be written. A document that cannot be judged is a failure."""
    for tree in trees:
        yield tuple(_treated(tree, policy)) if policy.actions else tree


def _treated(tree: Sequence[ExtractedDocument], policy: Policy) -> Iterator[ExtractedDocument]:
    """Documents inside others get the names that may be written, and what is known by them: mail
    is named by its subject. The root keeps its own, by which its source finds it."""
    before = {document.doc_id: document.path for document in tree}
    keys, paths = {tree[0].doc_id: tree[0].doc_id}, {tree[0].doc_id: tree[0].path}
    for document in tree:
        parent = document.parent_id
        if parent is None:
            yield _written(document, "", policy)[0]
            continue
        own = document.path.removeprefix(ids.child_path(before[parent], ""))
        written, name = _written(document, own, policy)
        path = _unused(ids.child_path(paths[parent], name), set(paths.values()))
        key = ids.doc_id(document.source, path)
        keys[document.doc_id], paths[document.doc_id] = key, path
        elements = written.elements
        if key != document.doc_id and len(elements):
            elements = rekeyed(with_column(elements, "doc_id", [key] * len(elements)))
        yield replace(written, doc_id=key, parent_id=keys[parent], path=path, elements=elements)


def _unused(path: str, used: Set[str]) -> str:
    numbered = (path, *(f"{path}#{number}" for number in range(2, len(used) + 3)))
    return next(one for one in numbered if one not in used)


def _written(
    document: ExtractedDocument, name: str, policy: Policy
) -> tuple[ExtractedDocument, str]:
    """A document as it may be written, and its name."""
    try:
        return _Texts(policy).of(document, name)
    except Exception as error:  # no odd text may stop the other documents, or be written as it is
        return document.failed(failure_of(error)), "unnamed"


class _Texts:
    """The texts of one document, and the kinds that were found in them."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._kinds: set[str] = set()
        self._again = lru_cache(_REMEMBERED)(self._plain)

    def of(self, document: ExtractedDocument, name: str) -> tuple[ExtractedDocument, str]:
        if document.unchanged:
            return document, name
        named = self._policy.treat_name(name)
        self._kinds |= named.kinds
        elements = self._elements(document.elements)
        metadata = [replace(field, value=self._plain(field.value)) for field in document.metadata]
        written = replace(
            document,
            elements=elements,
            title=(document.title and self._plain(document.title)) or None,
            metadata=tuple(metadata),
            error=document.error and self._error(document.error),
            personal_kinds=tuple(self._policy.done(self._kinds)),
        )
        return written, named.text

    def _elements(self, elements: pa.Table) -> pa.Table:
        """The same table if nothing was found."""
        texts, html, spans, before = [], [], [], ""
        columns = (elements[name].to_pylist() for name in ("text", "html", "type"))
        for text, markup, kind in zip(*columns, strict=True):
            result = self._policy.treat(text, is_table=kind == "Table", before=before)
            self._kinds |= result.kinds
            texts.append(result.text)
            spans.append(result.spans or None)
            html.append(markup and self._html(markup, before))
            before = text
        sections = [list(map(self._again, s or ())) for s in elements["section"].to_pylist()]
        links = [list(map(self._link, s or ())) for s in elements["links"].to_pylist()]
        if not (self._kinds and len(elements)):
            return elements
        changed: dict[str, list[Any]] = {"text": texts, "html": html, "section": sections}
        for name, values in (changed | {"links": links, "personal_data": spans}).items():
            elements = with_column(elements, name, values)
        return rekeyed(elements)

    def _plain(self, text: str) -> str:
        result = self._policy.treat(text)
        self._kinds |= result.kinds
        return result.text

    def _html(self, markup: str, before: str) -> str:
        result = self._policy.treat_html(markup, before=before)
        self._kinds |= result.kinds
        return result.text

    def _link(self, link: str) -> str:
        """A link whose address says something: its escapes are resolved first."""
        plain = unquote(link)
        written = self._again(plain)
        return link if written == plain else written

    def _error(self, error: DocumentError) -> DocumentError:
        message = self._plain(error.message)
        if message == error.message:
            return error
        safe = copy.copy(error)
        safe.message, safe.args = message, (message,)
        return safe
