"""Errors: one tree, stable codes, and their facts survive crossing processes."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Iterator

import pytest

from doclake import errors
from doclake.errors import DoclakeError, DocumentError
from doclake.errors.foreign import in_words


def below(kind: type[DoclakeError]) -> Iterator[type[DoclakeError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from below(inner)


ALL = [kind for kind in below(DoclakeError) if kind.__module__.startswith("doclake.errors.")]


def test_every_error_is_drawn_in_the_tree_at_the_top() -> None:
    drawn = re.findall(r"^[│ ]*[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(kind.__name__ for kind in ALL if kind is not DoclakeError)


def test_codes_are_stable_words_and_never_shared() -> None:
    codes = [kind.code for kind in ALL]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z][a-z_]+", code) for code in codes)


@pytest.mark.parametrize("kind", ALL)
def test_an_error_keeps_its_fields_across_processes(kind: type[DoclakeError]) -> None:
    error = kind("It broke.", mend="Mend it.", path="a.pdf", pages=[1, 2])
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind
        assert (other.message, other.mend) == ("It broke.", "Mend it.")
        assert other.facts == {"path": "a.pdf", "pages": [1, 2]}
        assert str(other) == "It broke. Mend it."


def test_a_document_error_knows_what_to_do_and_can_be_told_better() -> None:
    assert "OCR" in errors.DocumentEmpty("No text.").mend
    assert errors.DocumentEmpty("No text.", mend="Scan again.").mend == "Scan again."


def test_only_failures_that_may_pass_are_retryable() -> None:
    documents = [kind for kind in ALL if issubclass(kind, DocumentError)]
    retryable = {kind.__name__ for kind in documents if kind.retryable}
    assert {
        "ParserTimeout",
        "ParserCrashed",
        "ParserOutOfMemory",
        "DocumentUnreadable",
    } <= retryable
    assert not retryable & {"UnsupportedFormat", "DocumentEncrypted", "DocumentMalformed"}


def test_an_incomplete_listing_is_a_source_error() -> None:
    with pytest.raises(errors.SourceError):
        raise errors.ListingIncomplete("Half of it.", source="docs")


@pytest.mark.parametrize(
    ("error", "told", "said"),
    [
        (NotADirectoryError(20, "Not a directory", "/x/a.txt"), "", "Not a directory: /x/a.txt"),
        (NotADirectoryError(20, "Not a directory", "/x/a.txt"), "/x/a.txt", "Not a directory"),
        (KeyError("sheet"), "", "key error: 'sheet'"),
        (TimeoutError(), "", "timeout error"),
        (OSError("LanceError(IO): It is gone, /a/io/src/store.rs:15:4"), "", "It is gone"),
        (ValueError("Json error: no 'g'\n   0: <unknown>\n  1: clone"), "", "Json error: no 'g'"),
        (RuntimeError("sftp://kim:hunter2@files is gone."), "", "sftp://***@files is gone"),
    ],
)
def test_what_a_library_says_is_told_without_its_classes_and_code(
    error: Exception, told: str, said: str
) -> None:
    assert in_words(error, told) == said
