"""A person is found by the text, by the hash of an address or number, and however it is spelt."""

from __future__ import annotations

import json

import pytest

from doclake.errors import SettingsError
from doclake.govern import erasure_targets
from doclake.project import Project

KEY = "a-key-of-many-letters-for-tests"


@pytest.fixture
def hashed(flow, monkeypatch):
    """Personal data is hashed, in documents that spell a number and an address in several ways."""
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", KEY)
    flow.write("hut.txt", "The hut is kept by a warden. Call 010 1234 5678 before you come.\n")
    flow.write("산장.txt", "산장지기에게 오기 전에 +82-10-1234-5678 번으로 전화하세요.\n")
    flow.write("mail.html", "<table><tr><td>Warden</td><td>KIM@hut.example</td></tr></table>")
    flow.write("other.txt", "The other warden answers at 010-9999-5678 and lee@hut.example.\n")
    flow.configure(recipe={"personal_data": "hash"})
    flow.run()
    return flow


def _found(flow, subject: str) -> dict[str, set[str]]:
    """The places that mention a subject, by the path of the document."""
    targets = erasure_targets.of_subject(flow.project, subject, None)
    return {one.paths[one.root_id]: set(one.found) for one in targets}


def test_what_is_hashed_is_found_however_it_is_spelt_and_listed_before_it_goes(
    hashed, command, capsys
):
    for subject in ("010-1234-5678", "+82 10 1234 5678", "０１０-１２３４-５６７８"):
        found = _found(hashed, subject)
        assert set(found) == {"hut.txt", "산장.txt"}
        assert found["hut.txt"] == {"elements.text, hashed", "chunks.text, hashed"}
    found = _found(hashed, "kim@HUT.example")
    assert set(found) == {"mail.html"}
    assert {"elements.text, hashed", "elements.html, hashed"} <= found["mail.html"]
    assert _found(hashed, "010-1234-0000") == {}
    assert command("erase", "--subject", "010.1234.5678") == 1
    assert "hut.txt  (mentioned: 1 in elements.text, hashed" in capsys.readouterr().out
    assert command("erase", "--subject", "010.1234.5678", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"]["documents"] == 2
    assert _found(hashed, "010-1234-5678") == {}


def test_without_the_key_it_is_said_that_nobody_can_look_and_rows_of_before_are_found_with_it(
    hashed, monkeypatch
):
    monkeypatch.delenv("DOCLAKE_PERSONAL_DATA_KEY")
    with pytest.raises(SettingsError, match="DOCLAKE_PERSONAL_DATA_KEY"):
        _found(hashed, "010-1234-5678")
    assert set(_found(hashed, "The hut is kept")) == {"hut.txt"}  # no hash is asked for
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", KEY[:-1] + "!")
    assert _found(hashed, "010-1234-5678") == {}
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", KEY)
    hashed.configure()  # flags now, and no run has come to the rows yet
    assert set(_found(hashed, "010-1234-5678")) == {"hut.txt", "산장.txt"}


def test_what_is_only_flagged_is_found_in_other_spellings(flow):
    flow.write("hut.txt", "The hut is kept by a warden. Call 010 1234 5678 before you come.\n")
    flow.write("other.txt", "The other warden answers at 010-9999-5678.\n")
    flow.run()
    flow.project = Project.open(flow.folder)
    assert _found(flow, "+82-10-1234-5678") == {
        "hut.txt": {"elements.text, spelt otherwise", "chunks.text, spelt otherwise"}
    }
