"""Access filters hold digests only, whatever a principal is called."""

from __future__ import annotations

import re

import pytest

from doclake import access
from doclake.search.filters import access_filter
from doclake.search.hits import Hit

HOSTILE = ["A' OR true --", "A\\' OR true --", "everyone'] ) OR (1=1", "\u0000", "한국", "a\nb"]


@pytest.mark.parametrize("principal", HOSTILE)
def test_no_character_of_a_principal_reaches_the_filter(principal):
    allowed = re.fullmatch(
        r"array_has_any\(access_keys, \['[0-9a-f]+', '[0-9a-f]+'\]\)", access_filter([principal])
    )
    assert allowed


def test_everyone_is_always_among_the_principals():
    assert access.access_key("everyone") in access_filter([])


def test_a_source_that_is_no_identifier_is_refused():
    with pytest.raises(ValueError, match="not an identifier"):
        access_filter([], source="x' OR '1'='1")


def test_a_citation_names_source_document_pages_and_section():
    hit = Hit("d", "c", "handbook", "a/b.pdf", "T", [2, 3], ["Leave", "Annual"], [], 0.5, "text")
    assert hit.citation == "[handbook] a/b.pdf, pages 2, 3 § Leave › Annual"


def test_a_citation_of_a_document_without_pages_or_headings_is_its_place():
    assert Hit("d", "c", "s", "a.txt", None, [], [], [], 0.5, "t").citation == "[s] a.txt"
