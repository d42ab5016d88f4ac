"""Every row that extraction and chunking give for some folders, as lines that `cmp` can compare.

Run before and after a change that must not change rows:

    .venv/bin/python benchmarks/dump_rows.py ../shared/corpus/documents samples/documents -o before
    .venv/bin/python benchmarks/dump_rows.py ../shared/corpus/documents samples/documents -o after
    cmp before after
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from doclake import fingerprints, ids
from doclake.chunk import DocumentFacts, chunk_document
from doclake.embed import TokenCounter, resolve
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.extract.registry import format_of
from doclake.settings import EmbeddingSettings, Limits, Recipe

# Long enough for any sound document on a busy machine: a time limit must not change rows.
LIMITS = Limits(timeout_seconds=600, archive_seconds=3600)
SETTINGS, EMBEDDING = Recipe(), EmbeddingSettings()


def documents(folder: Path) -> Iterator[Document]:
    """Every file beneath `folder`, as the elements stage would hand it over."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        path = file.relative_to(folder).as_posix()
        doc_id = ids.doc_id(folder.name, path)
        yield Document(
            source=folder.name,
            bucket=ids.bucket(doc_id, 8),
            doc_id=doc_id,
            path=path,
            recipe=SETTINGS.extract,
            open=partial(file.open, "rb"),
        )


def rows(document: ExtractedDocument, counter: TokenCounter) -> Iterator[dict[str, Any]]:
    """What the ledger would know of the document, its elements and its chunks."""
    error = document.error
    names = ("path", "doc_id", "parent_id", "content_hash", "media_type", "title", "pages")
    counts = ("pages_with_text", "pages_with_elements")
    yield {name: getattr(document, name) for name in names + counts} | {
        "error": [error.code, error.message, error.mend] if error else None
    }
    yield from document.elements.to_pylist()
    names = ("source", "bucket", "root_id", "doc_id", "path", "content_hash", "title")
    kind = format_of(document.media_type)
    facts = DocumentFacts(
        **{name: getattr(document, name) for name in names},
        access=["everyone"],
        pages_are_sections=kind is not None and kind.pages_are_sections,
    )
    fingerprint = fingerprints.chunk(SETTINGS, EMBEDDING)
    chunked = chunk_document(document.elements, facts, SETTINGS.chunk, counter, fingerprint)
    yield from chunked.chunks.to_pylist()
    yield {"excluded": chunked.excluded}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", required=True, type=Path)
    arguments = parser.parse_args()
    counter = TokenCounter(resolve(EMBEDDING))
    digest, lines = hashlib.sha256(), 0
    with arguments.output.open("wb") as output:
        for folder in arguments.folders:
            with Extractor(LIMITS, workers=2) as extractor:
                for number, tree in enumerate(extractor.extract(documents(folder))):
                    told = (row for document in tree for row in rows(document, counter))
                    for row in told:
                        text = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
                        line = (text + "\n").encode("utf-8", "surrogatepass")
                        output.write(line)
                        digest.update(line)
                        lines += 1
                    print(f"\r{folder.name} {number + 1}", end="", file=sys.stderr)
            print(file=sys.stderr)
    print(f"{lines} rows, sha256 {digest.hexdigest()}")


if __name__ == "__main__":
    main()
