"""A parser that its document has taken over spoils that document, and no other of the source."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from doclake import errors, ids
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.settings import ExtractRecipe, Limits

LIES = {
    "a header nested without end": "says " + "[" * 60_000,
    "more pages than a column holds": 'says {"pages": 1099511627776}',
    "no number of pages at all": 'says {"pages": 1e400}',
    "a title that is no Unicode": r'says {"title": "\ud800"}',
    "a title for the terminal": r'says {"title": "\u001b[2J"}',
    "metadata that is no Unicode": r'says {"metadata": [["author", "\udfff", null]]}',
    "an unheard-of media type": 'says {"media_type": "text/x"}',
    "an error that is no Unicode": "says "
    + json.dumps({"error": {"code": "empty", "message": "\ud800", "mend": "", "facts": {}}}),
    "no scanned pages": 'says {"scanned_pages": 0}',
    "an inner document that is not there": 'says {"children": ["a.txt"]}',
    "a page before the first": "rows page -5",
    "an unknown type": 'rows type "Rumour"',
    "half a box": 'rows box {"page": 1, "x0": 1.0}',
    "a parent of its own": "rows parent 0",
    "a confidence beyond all": "rows confidence 7",
    "compressed elements": "compressed",
    "an endless file of elements": "endless",
    "links and pipes for inner documents": "names",
    "a signal without a name": "signal 40",
    "an endless log": "log",
    "more time again and again": "scanned 1",
}
ENDURED = {
    "folders nested without end": "nested 1500",
    "a module that ends its process": "imported unittest.__main__",
    "a module that opens a window": "imported idlelib.idle",
}


@pytest.fixture
def extractor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Extractor]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "odd"))
    functions = {"detect": "taken_over:media_type", "load": "taken_over:load"}
    with Extractor(Limits(timeout_seconds=60), 1, **functions) as extractor:
        yield extractor


def roots(extractor: Extractor, texts: list[str], suffix: str) -> list[ExtractedDocument]:
    def document(number: int, text: str) -> Document:
        data, path = text.encode(), f"{number}{suffix}"
        doc_id = ids.doc_id("s", path)
        recipe = ExtractRecipe()
        return Document("s", "00", doc_id, path, recipe, lambda: io.BytesIO(data), size=len(data))

    return [tree[0] for tree in extractor.extract(map(document, range(len(texts)), texts))]


@pytest.mark.parametrize("suffix", [".html", ".txt"], ids=["alone", "in a batch"])
def test_every_lie_is_the_failure_of_its_document_and_the_others_are_sound(extractor, suffix):
    texts = [text for lie in LIES.values() for text in ("sound", lie)] + ["sound"]
    found = roots(extractor, texts, suffix)
    told = dict(zip(LIES, found[1::2], strict=True))
    assert {name: type(each.error) for name, each in told.items()} == dict.fromkeys(
        LIES, errors.ParserCrashed
    )
    assert [each.error for each in found[::2]] == [None] * (len(LIES) + 1)
    assert all(each.elements["text"].to_pylist() == ["sound"] for each in found[::2])


def test_what_a_document_leaves_behind_is_endured(extractor):
    texts = [text for each in ENDURED.values() for text in (each, "sound")]
    found = roots(extractor, texts, ".html")
    assert [each.error for each in found] == [None] * len(texts)


def test_a_supervisor_outlives_a_module_that_ends_its_process(extractor):
    extractor._guard._supervision._modules.add("unittest.__main__")
    assert roots(extractor, ["sound"], ".html")[0].error is None
