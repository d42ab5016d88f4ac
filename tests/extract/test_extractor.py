"""Documents in, trees of extracted documents out: order, children, limits of the tree, windows."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from doclake import errors, ids
from doclake.extract.extractor import Document, Extractor, extract_file
from doclake.settings import ExtractRecipe, Limits
from doclake.tables.elements import ELEMENTS


def test_results_come_in_input_order_whatever_finishes_first(extract):
    trees = extract("slow 0.6", "text b", "raise c", "text d", workers=2)
    assert [tree[0].path for tree in trees] == ["0.odd", "1.odd", "2.odd", "3.odd"]
    assert [tree[0].error is None for tree in trees] == [True, True, False, True]


def test_rows_have_the_lakes_schema_and_the_documents_keys(extract):
    ((document,),) = extract("text one\ntwo")
    assert document.elements.schema.equals(ELEMENTS.schema)
    row = document.elements.to_pylist()[1]
    assert (row["source"], row["bucket"], row["recipe"]) == ("s", "00", document.recipe)
    assert row["doc_id"] == row["root_id"] == document.doc_id
    assert row["content_hash"] == document.content_hash == ids.content_hash(b"text one\ntwo")
    assert document.size == len(b"text one\ntwo")


def test_children_become_documents_with_lineage_and_unique_paths(extract):
    ((root, *found),) = extract("children a.odd=text A;a.odd=text B;d/b.odd=segv;=text C")
    paths = ["0.odd!/a.odd", "0.odd!/a.odd#2", "0.odd!/d/b.odd", "0.odd!/unnamed"]
    assert [d.path for d in found] == paths
    assert {d.parent_id for d in found} == {root.doc_id}
    assert {d.root_id for d in (root, *found)} == {root.doc_id}
    assert [d.doc_id for d in found] == [ids.doc_id("s", path) for path in paths]
    assert [type(d.error) for d in found] == [
        type(None),
        type(None),
        errors.ParserCrashed,
        type(None),
    ]
    assert found[0].content_hash == ids.content_hash(b"text A")
    assert found[1].elements["text"].to_pylist() == ["B"]
    assert found[1].elements["root_id"].to_pylist() == [root.doc_id]


def test_an_empty_child_fails_alone(extract):
    ((root, empty, full),) = extract("children e=;f=text F")
    assert root.error is None and full.error is None
    assert type(empty.error) is errors.DocumentEmpty


def test_containers_may_be_nested_as_deep_as_the_limit(extract):
    (tree,) = extract("matryoshka x", archive_depth=2)
    assert [type(d.error) for d in tree] == [type(None)] * 3 + [errors.LimitExceeded]
    assert tree[-1].error.facts == {"limit": "archive_depth"}
    assert tree[-1].path.count("!/") == 3


def test_entries_and_bytes_are_limited_over_the_whole_tree(extract):
    many = "children " + ";".join(f"{i}=text x" for i in range(5))
    ((too_many,),) = extract(many, archive_entries=4)
    assert too_many.error.facts["limit"] == "archive_entries"
    large = "children a=text " + "x" * 700_000 + ";b=text " + "x" * 700_000
    ((too_large,),) = extract(large, archive_mb=1)
    assert too_large.error.facts["limit"] == "archive_mb"


@pytest.mark.parametrize(("order", "factor"), [("work", 100), ("slow", 1)])
def test_the_time_for_one_container_is_limited(extract, order, factor):
    slow = "children " + ";".join(f"{i}={order} 0.4" for i in range(4))
    (tree,) = extract(slow, archive_seconds=0.5, wall_clock_factor=factor)
    late = [d for d in tree if d.error and d.error.facts.get("limit") == "archive_seconds"]
    assert tree[0].error is None
    assert 1 <= len(late) <= 3


def test_a_container_of_nothing_but_children_is_no_empty_document(extract):
    (tree,) = extract("matryoshka x", archive_depth=0)
    assert tree[0].error is None
    assert tree[0].elements.num_rows == 0


@pytest.mark.parametrize(
    ("opened", "kind"),
    [
        (io.BytesIO, errors.DocumentEmpty),
        (lambda: io.BytesIO(b"x" * (2 << 20)), errors.LimitExceeded),
        (lambda: 1 / 0, errors.DocumentUnreadable),
        (lambda: Torn(3 << 20), errors.DocumentUnreadable),
    ],
)
def test_what_cannot_be_read_is_a_typed_failure(odd_parsers, document, opened, kind):
    with Extractor(Limits(file_mb=1), 1, **odd_parsers) as extractor:
        ((failed,),) = extractor.extract([document("text listed", open=opened)])
    assert type(failed.error) is kind
    assert failed.content_hash == ""


class Torn(io.BytesIO):
    """A stream that ends in an error of its source."""

    def __init__(self, after: int) -> None:
        super().__init__(bytes(after))

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= 1 << 20:
            raise ConnectionResetError("The share is gone.")
        return super().read(size)


def test_a_document_of_the_known_bytes_is_read_and_not_parsed(odd_parsers, document):
    known = ids.content_hash(b"crash")
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        ((same,), (other,)) = extractor.extract(
            [document("crash", known=known), document("text new", "b.odd", known=known)]
        )
    assert (same.unchanged, same.content_hash, same.error) == (True, known, None)
    assert (other.unchanged, other.elements.num_rows) == (False, 1)


def test_an_error_of_the_source_keeps_its_type(odd_parsers, document):
    def opened() -> io.BytesIO:
        raise errors.DocumentEncrypted("The share wants a password.")

    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        ((failed,),) = extractor.extract([document("x", open=opened)])
    assert type(failed.error) is errors.DocumentEncrypted


def test_a_password_reaches_the_parser(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        ((opened,),) = extractor.extract([document("encrypted", password="sesame")])
    assert opened.error is None


def test_only_a_window_of_documents_is_read_ahead(odd_parsers, document: Callable[..., Document]):
    begun = []

    def documents():
        for number in range(40):
            begun.append(number)
            yield document("text x", str(number))

    with Extractor(Limits(), 2, **odd_parsers) as extractor:
        trees = extractor.extract(documents())
        next(trees)
        assert len(begun) <= 8 * 2
        assert sum(1 for _ in trees) == 39


def test_documents_are_parsed_at_the_same_time(odd_parsers, document):
    with Extractor(Limits(), 2, **odd_parsers) as extractor:
        list(extractor.extract([document("text warm")]))
        started = time.monotonic()
        list(extractor.extract(document("slow 1", str(i)) for i in range(2)))
        assert time.monotonic() - started < 1.8


def test_members_are_told_in_the_order_of_their_container(extract):
    (tree,) = extract("children a=slow 0.5;b=text B;c=children d=text D;e=text E", workers=2)
    names = ["a", "b", "c", "e", "c!/d"]
    assert [d.path for d in tree[1:]] == [f"0.odd!/{name}" for name in names]
    assert [d.error for d in tree] == [None] * 6


def test_two_members_of_a_container_take_the_time_of_one(odd_parsers, document):
    with Extractor(Limits(), 2, **odd_parsers) as extractor:
        list(extractor.extract(document("slow 0.1", str(i)) for i in range(4)))
        started = time.monotonic()
        list(extractor.extract([document("children a=slow 3;b=slow 3")]))
        assert time.monotonic() - started < 5.9


def test_closing_in_the_middle_ends_every_thread(odd_parsers, document):
    before = threading.active_count()
    with Extractor(Limits(), 2, **odd_parsers) as extractor:
        trees = extractor.extract(document("slow 5", str(i)) for i in range(9))
        threading.Timer(0.5, extractor.close).start()
        assert type(next(trees)[0].error) is errors.ParserCrashed
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() == before


def test_one_file_is_extracted_without_a_lake(tmp_path: Path):
    file = tmp_path / "note.txt"
    file.write_text("A first paragraph.\n\nA second one.\n", "utf-8")
    (document,) = extract_file(file, ExtractRecipe(), Limits())
    assert document.error is None
    assert (document.source, document.path, document.media_type) == (
        "file",
        "note.txt",
        "text/plain",
    )
    assert document.elements.num_rows >= 1
    (missing,) = extract_file(tmp_path / "none", ExtractRecipe(), Limits())
    assert type(missing.error) is errors.DocumentUnreadable
