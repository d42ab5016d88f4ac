"""Access filters hold digests and names of sources only, whatever a principal is called."""

from __future__ import annotations

import re

import pytest

from doclake import access
from doclake.access import Readers, access_key
from doclake.errors import SettingsError
from doclake.principals import Groups
from doclake.search import filters

HOSTILE = ["A' OR true --", "A\\' OR true --", "everyone'] ) OR (1=1", "한국"]
NO_LISTS = ["group:a", b"group:a", None, 5, {"group:a": 1}]
NO_NAMES = ["", " ", " a", None, 5, ["a"], "a\nb", "\u0000", "a\u202eb", "a\ud800", "a" * 501]
NOTES = {"notes": ["everyone"]}
CLOSED = " AND FALSE"


def access_filter(principals, lists, sources=()):
    return filters.access_filter(Groups().asker(principals), lists, sources)


@pytest.mark.parametrize("principal", HOSTILE)
def test_no_character_of_a_principal_reaches_the_filter(principal):
    keys = r"array_has_any\(access_keys, \['[0-9a-f]+', '[0-9a-f]+'\]\)"
    found = access_filter([principal], {"notes": [principal]})
    assert re.fullmatch(rf"{keys} AND NOT {keys} AND source IN \('notes'\)", found)


@pytest.mark.parametrize("principals", [*NO_LISTS, *([name] for name in NO_NAMES)])
def test_what_is_no_list_of_principals_is_refused_by_name(principals):
    with pytest.raises(SettingsError) as refused:
        access_filter(principals, NOTES)
    ((key, found, expected),) = refused.value.problems
    assert (key, found.isascii()) == ("principals", True)
    assert "name" in expected or "list" in expected


def test_principals_may_come_from_any_iterable():
    lists = {"notes": ["a", "b"]}
    assert access_filter((name for name in "ab"), lists) == access_filter({"a", "b"}, lists)


def test_everyone_is_always_among_the_principals():
    assert access_key("everyone") in access_filter([], NOTES)


def test_only_sources_whose_list_names_a_principal_are_open():
    lists = {"a": ["everyone"], "b": ["group:b"], "c": ["group:c", "group:b"], "d": []}
    assert access_filter([], lists).endswith(" AND source IN ('a')")
    assert access_filter(["group:b"], lists).endswith(" AND source IN ('a', 'b', 'c')")
    assert access_filter(["group:b"], lists, ["b"]).endswith(" AND source IN ('b')")
    assert access_filter(["group:c"], lists, ["b"]).endswith(CLOSED)


@pytest.mark.parametrize("source", ["letters", "x' OR '1'='1", ""])
def test_a_source_that_is_not_configured_is_closed_whatever_it_is_called(source):
    assert access_filter(["group:b"], NOTES, [source]).endswith(CLOSED)
    assert source not in access_filter([], NOTES, [source]) or not source


@pytest.mark.parametrize("principal", ["a,b", "a b", "Everyone"])
def test_a_name_that_only_looks_like_those_in_the_list_opens_nothing(principal):
    assert access_filter([principal], {"notes": ["a", "b", "board"]}).endswith(CLOSED)


def test_one_name_in_two_unicode_forms_is_one_principal():
    assert not access_filter(["group:re\u0301"], {"notes": ["group:r\u00e9"]}).endswith(CLOSED)


def test_a_denied_group_denies_whoever_belongs_to_it_however_far_down():
    above = {"user:kim": frozenset({"group:interns"}), "group:interns": frozenset({"group:all"})}
    kim, groups = Groups(above).asker(["user:kim"]), Groups(above)
    for denied in ("group:interns", "group:all", "user:kim"):
        readers = Readers(("everyone",), (denied,))
        assert not filters.may_see(kim, "notes", readers, NOTES)
        assert filters.may_see(groups.asker(["user:lee"]), "notes", readers, NOTES)
        assert access.denied_key(denied) in filters.access_filter(kim, NOTES)
