"""What a worker says of its document, value by value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doclake import errors
from doclake.extract.guard import header
from doclake.extract.model import MetadataField
from doclake.settings import Limits
from tests.extract.guard.forging import sound_batch, sound_header

LIMITS = Limits()


def said(**changes: Any) -> header.Extracted | header.Failed | header.Scanned:
    return header.document(json.dumps(sound_header() | changes).encode(), LIMITS)


def failed(**changes: Any) -> header.Failed:
    error = {"code": "malformed", "message": "It is torn.", "mend": "", "facts": {}} | changes
    told = {"media_type": None, "modules": [], "error": error}
    found = header.document(json.dumps(told).encode(), LIMITS)
    assert isinstance(found, header.Failed)
    return found


def test_a_sound_header_is_taken_as_it_is():
    found = said(
        title=None, pages=None, pages_with_text=None, metadata=[["author", "에이다", None]]
    )
    assert isinstance(found, header.Extracted)
    assert found.fields() == (MetadataField("author", "에이다"),)
    assert found.children == ("inner.txt", "d/other.txt")


@pytest.mark.parametrize(
    "lie",
    [
        {"pictures": [[99, "low confidence", 0.4, 595.0, 842.0]]},
        {"pictures": [[1, "low confidence", 0.4, 595.0, 842.0]] * 2},
        {"pictures": [[1, "<b>", 0.4, 595.0, 842.0]]},
        {"pictures": [[1, "low confidence", 1.4, 595.0, 842.0]]},
        {"pages": 2**40},
        {"pages": -1},
        {"pages": True},
        {"pages": 3.0},
        {"pages": 10**400},
        {"pages": None},  # but its metadata speaks of page 2
        {"pages": 1, "pages_with_text": 2},
        {"pages_with_text": -1},
        {"letters": -1},
        {"letters": 2**31},
        {"title": "\ud800"},
        {"title": "x" * 10_001},
        {"title": "a\x1b[2Jb"},
        {"title": "\u1112\u1161"},  # not NFC
        {"title": 1},
        {"media_type": None},
        {"media_type": "text/x-unheard-of"},
        {"metadata": [["Name", "x", None]]},
        {"metadata": [["name" * 20, "x", None]]},
        {"metadata": [["name", "x" * 10_001, None]]},
        {"metadata": [["name", 1, None]]},
        {"metadata": [["name", "x", 0]]},
        {"metadata": [["name", "x", "1"]]},
        {"metadata": [["name", "x"]]},
        {"metadata": [["name", "x", 4]]},
        {"metadata": [["name", "\ud800", None]]},
        {"metadata": {"name": "x"}},
        {"children": ["x" * 1_001]},
        {"children": ["\udfff"]},
        {"children": ["a\nb"]},
        {"children": [None]},
        {"children": 3},
        {"modules": [1]},
        {"modules": "lxml"},
        {"more": 1},
    ],
    ids=lambda lie: ascii(lie)[:40],
)
def test_no_lie_about_a_document_is_taken(lie):
    with pytest.raises(ValueError):
        said(**lie)


@pytest.mark.parametrize("name", ["title", "pages", "metadata", "children", "modules"])
def test_nothing_may_be_missing(name):
    told = {key: value for key, value in sound_header().items() if key != name}
    with pytest.raises(ValueError):
        header.document(json.dumps(told).encode(), LIMITS)


def test_an_error_crosses_with_its_facts():
    found = failed(code="encrypted", facts={"cipher": "AES", "size": 3, "known": False, "of": None})
    error = found.error.error()
    assert type(error) is errors.DocumentEncrypted
    assert error.facts == {"cipher": "AES", "size": 3, "known": False, "of": None}
    assert error.mend == errors.DocumentEncrypted.default_mend


@pytest.mark.parametrize(
    "lie",
    [
        {"code": "no_such_code"},
        {"code": None},
        {"message": "\udc80"},
        {"message": "x" * 10_001},
        {"mend": 1},
        {"facts": {"message": "x"}},
        {"facts": {"mend": "x"}},
        {"facts": {"self": "x"}},
        {"facts": {"Odd name": "x"}},
        {"facts": {"size": float("inf")}},
        {"facts": {"size": [1]}},
        {"facts": {f"fact_{chr(97 + n)}": n for n in range(21)}},
        {"facts": None},
    ],
    ids=lambda lie: ascii(lie)[:40],
)
def test_no_lie_about_an_error_is_taken(lie):
    with pytest.raises(ValueError):
        failed(**lie)


@pytest.mark.parametrize("pages", [0, -1, 2**31, None, "3"])
def test_no_lie_about_scanned_pages_is_taken(pages):
    told = {"media_type": "application/pdf", "modules": [], "scanned_pages": pages}
    with pytest.raises(ValueError):
        header.document(json.dumps(told).encode(), LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"[" * 200_000,
        b'{"title":' * 200_000,
        b'{"title":[' + b"[]," * 1_000_000 + b"[]]}",
        b'{"title":"' + b'\\"' * 1_000_000,
        b'"\xff"',
        b'{"pages": NaN}',
    ],
    ids=lambda data: ascii(data[:12]),
)
def test_what_is_no_sound_json_is_refused(data):
    with pytest.raises(ValueError):
        header.document(data, LIMITS)


def test_as_many_values_as_the_limits_allow_are_taken():
    fields = [["name", f'"[{{{number},', None] for number in range(2_000 + LIMITS.pages)]
    names = [f"{number}.txt" for number in range(LIMITS.archive_entries)]
    found = said(metadata=fields, children=names)
    assert isinstance(found, header.Extracted)
    assert (len(found.metadata), len(found.children)) == (len(fields), len(names))


@pytest.mark.parametrize(
    "lie",
    [
        {"rows": 0},
        {"rows": 1.5},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"children": []},
        {"pages": 2**31},
    ],
    ids=lambda lie: ascii(lie),
)
def test_no_lie_about_a_document_of_a_batch_is_taken(lie):
    told = sound_batch(2)
    told["batch"] = [told["batch"][0], told["batch"][1] | lie]
    with pytest.raises(ValueError):
        header.batch(json.dumps(told).encode(), 2)


def test_a_batch_speaks_of_the_documents_it_was_sent():
    told = json.dumps(sound_batch(2) | {"batch": [None, None]}).encode()
    assert header.batch(told, 2).batch == (None, None)
    for sent in (1, 3):
        with pytest.raises(ValueError):
            header.batch(told, sent)
