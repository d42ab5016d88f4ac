"""Identifiers: stable for ever, apart where things differ."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter

import pytest

from doclake import ids


def test_ids_never_change_between_releases() -> None:
    # Stored in every lake: a change here orphans every row ever written.
    assert ids.doc_id("docs", "a/한글.pdf") == "e577b5d457bb6b67d178bb8b2986f18c"
    assert ids.text_hash("Kelp is cut in May.") == "fdf0b59994fa0718818fabd037066e91"
    assert ids.chunk_id("d", ["1", "2"], "t", 0) == "83513f7f0650fb90b09990808f6e5041"
    assert ids.element_id("d", 3, "Title", "Kelp", 0) == "9a49e6db1e0258c09bac965cf6d4dfca"


def test_the_content_hash_is_the_sha256_of_the_bytes() -> None:
    assert ids.content_hash(b"kelp") == hashlib.sha256(b"kelp").hexdigest()


def test_parts_cannot_run_into_each_other() -> None:
    assert ids.digest("ab", "c") != ids.digest("a", "bc")
    assert ids.digest("a", "") != ids.digest("a")
    assert ids.doc_id("a", "b/c") != ids.doc_id("a_b", "c")


def test_every_id_is_lowercase_hex_and_needs_no_quoting() -> None:
    made = [
        ids.doc_id("docs", "it's \"quoted\" '; --"),
        ids.element_id("d", None, "Title", "x\ny", 0),
        ids.chunk_id("d", [], "t", 1),
        ids.text_hash("\ud800 lone surrogate"),
    ]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in made)


def test_equal_text_in_another_unicode_form_is_embedded_once() -> None:
    text = "노을섬 협동조합"
    assert ids.text_hash(text) == ids.text_hash(unicodedata.normalize("NFD", text))
    assert ids.text_hash(text) != ids.text_hash(text + " ")


def test_paths_in_another_unicode_form_are_two_documents() -> None:
    assert ids.doc_id("docs", "가") != ids.doc_id("docs", unicodedata.normalize("NFD", "가"))


@pytest.mark.parametrize(
    "other",
    [
        ids.element_id("e", 1, "Title", "Kelp", 0),
        ids.element_id("d", 2, "Title", "Kelp", 0),
        ids.element_id("d", None, "Title", "Kelp", 0),
        ids.element_id("d", 1, "Header", "Kelp", 0),
        ids.element_id("d", 1, "Title", "kelp", 0),
        ids.element_id("d", 1, "Title", "Kelp", 1),
    ],
)
def test_an_element_is_told_by_each_of_its_facts(other: str) -> None:
    assert ids.element_id("d", 1, "Title", "Kelp", 0) != other


def test_a_chunk_is_told_by_its_section_and_its_occurrence() -> None:
    chunks = {
        ids.chunk_id("d", ["1"], "t", 0),
        ids.chunk_id("d", ["2"], "t", 0),
        ids.chunk_id("d", ["1"], "t", 1),
        ids.chunk_id("d", ["1"], "u", 0),
        ids.chunk_id("e", ["1"], "t", 0),
        ids.chunk_id("d", [], "t", 0),
    }
    assert len(chunks) == 6


def test_a_child_stands_under_its_parent() -> None:
    assert ids.child_path("mail/a.eml", "report.pdf") == "mail/a.eml!/report.pdf"


@pytest.mark.parametrize("buckets", [1, 2, 8, 64])
def test_documents_spread_evenly_over_the_buckets(buckets: int) -> None:
    names = [ids.bucket(ids.doc_id("docs", f"{n}.txt"), buckets) for n in range(6400)]
    found = Counter(names)
    assert set(found) == set(ids.bucket_names(buckets))
    assert min(found.values()) > 6400 / buckets * 0.6
    assert max(found.values()) < 6400 / buckets * 1.4


def test_halving_the_buckets_joins_them_in_pairs() -> None:
    for number in range(100):
        root = ids.doc_id("docs", str(number))
        assert int(ids.bucket(root, 8)) % 4 == int(ids.bucket(root, 4))
