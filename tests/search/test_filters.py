"""Access filters hold digests and names of sources only, whatever a principal is called."""

from __future__ import annotations

import re

import pytest

from doclake.access import access_key
from doclake.search.filters import access_filter

HOSTILE = ["A' OR true --", "A\\' OR true --", "everyone'] ) OR (1=1", "\u0000", "한국", "a\nb"]
NOTES = {"notes": ["everyone"]}
CLOSED = " AND FALSE"


@pytest.mark.parametrize("principal", HOSTILE)
def test_no_character_of_a_principal_reaches_the_filter(principal):
    keys = r"array_has_any\(access_keys, \['[0-9a-f]+', '[0-9a-f]+'\]\)"
    found = access_filter([principal], {"notes": [principal]})
    assert re.fullmatch(rf"{keys} AND source IN \('notes'\)", found)


def test_everyone_is_always_among_the_principals():
    assert access_key("everyone") in access_filter([], NOTES)


def test_only_sources_whose_list_names_a_principal_are_open():
    lists = {"a": ["everyone"], "b": ["group:b"], "c": ["group:c", "group:b"], "d": []}
    assert access_filter([], lists).endswith(" AND source IN ('a')")
    assert access_filter(["group:b"], lists).endswith(" AND source IN ('a', 'b', 'c')")
    assert access_filter(["group:b"], lists, "b").endswith(" AND source IN ('b')")
    assert access_filter(["group:c"], lists, "b").endswith(CLOSED)


@pytest.mark.parametrize("source", ["letters", "x' OR '1'='1", ""])
def test_a_source_that_is_not_configured_is_closed_whatever_it_is_called(source):
    assert access_filter(["group:b"], NOTES, source).endswith(CLOSED)
    assert source not in access_filter([], NOTES, source) or not source


@pytest.mark.parametrize("principal", ["", "a\x1fb", "a,b", "a b", "everyone\x1f", "Everyone"])
def test_a_name_that_only_looks_like_those_in_the_list_opens_nothing(principal):
    assert access_filter([principal], {"notes": ["a", "b", "board"]}).endswith(CLOSED)


def test_one_name_in_two_unicode_forms_is_one_principal():
    assert not access_filter(["group:re\u0301"], {"notes": ["group:r\u00e9"]}).endswith(CLOSED)
