"""Short texts that go to a worker together: nobody notices, whatever happens to one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doclake import errors, ids
from doclake.extract.batching import SMALL, TOGETHER, batches, may_join
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.settings import ExtractRecipe, Limits

Make = Callable[..., Document]


@pytest.fixture
def short(document: Make) -> Make:
    """Make a document whose listing says that it is a short text."""

    def make(content: str, path: str = "a.txt", **changes: object) -> Document:
        return document(content, path, **({"size": len(content.encode())} | changes))

    return make


@pytest.fixture
def run(odd_parsers: dict[str, str]) -> Callable[..., list[ExtractedDocument]]:
    """Extract documents with a fresh worker for every request; the roots, in order."""

    def extract(documents: list[Document], **limits: float) -> list[ExtractedDocument]:
        with Extractor(Limits(**limits), 1, reuse=1, **odd_parsers) as extractor:
            return [tree[0] for tree in extractor.extract(documents)]

    return extract


def said(document: ExtractedDocument) -> list[str]:
    assert document.error is None, document.error
    return document.elements["text"].to_pylist()


def test_short_texts_of_a_source_share_a_request(run, short):
    found = run([short("leak", f"{number}.txt") for number in range(3)])
    assert [said(document) for document in found] == [["seen 1"], ["seen 2"], ["seen 3"]]


def test_each_keeps_its_own_rows_keys_and_measures(run, short):
    texts = ["text one\ntwo", "text three", "text four\nfive\nsix"]
    found = run([short(text, f"{number}.txt") for number, text in enumerate(texts)])
    for number, (text, document) in enumerate(zip(texts, found, strict=True)):
        assert said(document) == text.removeprefix("text ").splitlines()
        rows = document.elements.to_pylist()
        assert {row["doc_id"] for row in rows} == {ids.doc_id("s", f"{number}.txt")}
        assert {row["content_hash"] for row in rows} == {ids.content_hash(text.encode())}
        assert [row["ordinal"] for row in rows] == list(range(len(rows)))
        assert (document.size, document.media_type) == (len(text), "text/plain")
        assert document.seconds > 0 and document.peak_mb > 0


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ("segv", errors.ParserCrashed),
        ("exit 3", errors.ParserCrashed),
        ("exit 0", errors.ParserCrashed),
        ("hang", errors.ParserTimeout),
        ("memory", errors.ParserOutOfMemory),
        ("deep", errors.LimitExceeded),
        ("large 3000000", errors.LimitExceeded),
        ("raise it", errors.ParserFailed),
        ("encrypted", errors.DocumentEncrypted),
        ("nothing", errors.DocumentEmpty),
        ("forge 99", errors.ParserCrashed),
    ],
)
def test_what_happens_to_one_happens_to_nobody_else(run, short, order, kind):
    texts = ["text first", order, "text second", "text third"]
    documents = [short(text, f"{number}.txt") for number, text in enumerate(texts)]
    seconds = 0.5 if order == "hang" else 60
    first, bad, second, third = run(documents, memory_mb=256, output_mb=2, timeout_seconds=seconds)
    assert (said(first), said(second), said(third)) == (["first"], ["second"], ["third"])
    assert type(bad.error) is kind
    assert bad.error.mend
    assert bad.elements.num_rows == 0


def test_a_document_with_others_inside_is_done_by_itself(odd_parsers, short):
    documents = [short("text a", "a.txt"), short("children b=text B", "c.txt")]
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        (alone,), (container, inner) = extractor.extract(documents)
    assert said(alone) == ["a"]
    assert said(container) == ["a container"]
    assert said(inner) == ["B"]


def test_a_document_that_cannot_be_read_does_not_keep_the_others(run, short):
    known = short("text listed", "b.txt", known=ids.content_hash(b"text listed"))
    broken = short("text x", "c.txt", open=lambda: 1 / 0)
    first, second, third, fourth = run([short("leak"), known, broken, short("leak", "d.txt")])
    assert (said(first), said(fourth)) == (["seen 1"], ["seen 2"])
    assert second.unchanged
    assert type(third.error) is errors.DocumentUnreadable


def test_only_short_texts_without_a_password_and_of_one_kind_go_together(short):
    other = ExtractRecipe(ocr="off")
    documents = [
        *(short("x", f"{number}.txt") for number in range(TOGETHER + 1)),
        short("x", source="t"),
        short("x", "a.md", source="t"),
        short("x", size=SMALL + 1),
        short("x", size=None),
        short("x", password="sesame"),
        short("x", recipe=other),
        short("x", recipe=other),
    ]
    found = list(batches(documents))
    assert [len(batch) for batch in found] == [TOGETHER, 1, 1, 1, 1, 1, 1, 2]
    assert [document for batch in found for document in batch] == documents


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 x", b"PK\x03\x04", b"\n <html>", b"{\\rtf1 x}", b"a\0b", b"x" * (SMALL + 1)]
)
def test_bytes_that_another_parser_may_read_stay_alone(data):
    assert not may_join(data)


@pytest.mark.parametrize("data", [b"A sentence.", "한국어 문장".encode(), b'{"a": 1}'])
def test_bytes_of_a_short_text_may_join(data):
    assert may_join(data)
