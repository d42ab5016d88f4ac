"""Filters narrow a search before anything is ranked, and nothing written in them is obeyed."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from doclake import Project
from doclake.errors import FilterError, SettingsError
from doclake.search import filters
from doclake.search.filters import Filters

QUESTION = "Where is the spade?"
MAIL = "From: Kim <kim@garden.example>\nSubject: Spade\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
MAIL += "\nThe spade is with me.\n"


@pytest.fixture
def project(flow) -> Project:
    flow.write("mail/spade.eml", MAIL)
    flow.write("mail/rake.md", "---\nauthor: Lee Ann\n---\n# Rake\n\nThe rake hangs there.\n")
    flow.write("odd/it's \\ a 'name' %.txt", "The hoe is in the odd place.\n")
    old = flow.write("old.txt", "The scythe was sold long ago.\n")
    os.utime(old, (0, datetime(2001, 5, 6, tzinfo=UTC).timestamp()))
    flow.run()
    return Project.open(flow.folder)


def _paths(project: Project, question: str = QUESTION, **filters) -> set[str]:
    return {hit.path for hit in project.search(question, k=50, **filters)}


def test_each_filter_gives_what_passes_it_and_nothing_else(project):
    everything = _paths(project)
    assert {"tools.txt", "garden.md", "정원.txt", "mail/spade.eml"} <= everything
    assert _paths(project, source="notes") == everything
    assert _paths(project, type="md") == {"garden.md", "copy.md", "mail/rake.md"}
    assert _paths(project, type=["message/rfc822", "md"]) - {"mail/spade.eml"} == _paths(
        project, type="md"
    )
    assert _paths(project, language="ko") == {"정원.txt"}
    assert _paths(project, path="mail/*") == {"mail/spade.eml", "mail/rake.md"}
    assert _paths(project, path="*.TXT", type="txt") == _paths(project, type="text/plain")
    assert _paths(project, path=["정원.txt", "tools.*"]) == {"정원.txt", "tools.txt"}
    assert _paths(project, path=["mail/*.eml", "en.md", "tools"]) == {"mail/spade.eml"}
    assert _paths(project, until="2001-05-06") == {"old.txt"}
    assert _paths(project, since="2024-03-04", until="2024-03-04") == {"mail/spade.eml"}
    assert _paths(project, metadata={"from": "KIM@garden"}) == {"mail/spade.eml"}
    assert _paths(project, metadata={"author": "lee"}) == {"mail/rake.md"}
    assert _paths(project, path="odd/it's \\ a 'name' %.txt") == {"odd/it's \\ a 'name' %.txt"}


@pytest.mark.parametrize(
    "filters",
    [
        {"language": "de"},
        {"type": "hwp"},
        {"path": "nowhere/**"},
        {"page": 7},
        {"since": "2999-01-01"},
        {"until": "1999-12-31"},
        {"metadata": {"author": "nobody"}},
        {"metadata": {"no_such_field": "x"}},
        {"path": "x') OR true --"},
        {"metadata": {"author": "' OR '1'='1"}},
        {"type": "md", "language": "ko"},
    ],
)
def test_a_filter_that_nothing_passes_gives_nothing(project, filters):
    assert _paths(project, **filters) == set()


@pytest.mark.parametrize(
    ("filters", "key"),
    [
        ({"sauce": "notes"}, "sauce"),
        ({"language": "Korean"}, "language.0"),
        ({"type": "zzz"}, "type.0"),
        ({"page": 0}, "page.0"),
        ({"page": "two"}, "page.0"),
        ({"since": "yesterday"}, "since"),
        ({"until": "9999-12-31T23:00:00-12:00"}, "until"),
        ({"metadata": {"Bad Name": "x"}}, "metadata.Bad Name"),
        ({"metadata": ["author"]}, "metadata"),
        ({"path": ""}, "path.0"),
        ({"path": [f"{number}.md" for number in range(101)]}, "path"),
        ({"path": ["a" * 700] * 3}, "path"),
        ({"source": [f"s{number}" for number in range(1_001)]}, "source"),
        ({"page": [0] * 1_001}, "page"),
        ({"metadata": {f"field{number}": "x" for number in range(101)}}, "metadata"),
        ({"k": 0}, "k"),
        ({"k": 100_000}, "k"),
    ],
)
def test_a_filter_that_is_wrong_is_refused_by_name(flow, filters, key):
    with pytest.raises(FilterError) as refused:
        Project.open(flow.folder).search(QUESTION, **filters)
    assert refused.value.problems[0][0] == key


def test_a_score_does_not_tell_how_many_closed_passages_hold_a_word(flow):
    """BM25 alone would: the rarity of a word is that of the whole index."""
    (flow.folder / "closed").mkdir(exist_ok=True)
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4}
    flow.configure(sources={"notes": notes, "closed": {"url": "closed", "access": ["group:a"]}})
    told = []
    for number in range(2):
        (found,) = Project.open(flow.folder).search("spade", path="tools.txt", k=1)
        told.append(found.scores["text"])
        for copy in range(8):
            text = f"The spade of shelf {copy} is sold, says letter {number}."
            (flow.folder / "closed" / f"{number}-{copy}.md").write_text(text)
        flow.run("closed")
    assert told == [1.0, 1.0]


def test_a_source_that_is_not_configured_is_refused_by_name(flow):
    with pytest.raises(SettingsError, match="Sources: notes"):
        Project.open(flow.folder).search(QUESTION, source="letters")


def test_a_filter_counts_nothing_that_is_closed(project, flow, monkeypatch):
    monkeypatch.setattr(filters, "_MOST_DOCUMENTS", 0)
    with pytest.raises(FilterError) as refused:
        project.search(QUESTION, metadata={"author": "lee"})
    assert (
        refused.value.message == "Too many documents have such a metadata field; a filter takes 0."
    )
    flow.configure(sources={"notes": {"url": "documents", "access": ["group:a"], "buckets": 4}})
    assert _paths(Project.open(flow.folder), metadata={"author": "lee"}) == set()


def test_a_filter_opens_nothing_that_is_closed(flow):
    flow.configure(sources={"notes": {"url": "documents", "access": ["group:a"], "buckets": 4}})
    flow.run()
    project = Project.open(flow.folder)
    assert project.search(QUESTION, path="**", source="notes") == []
    assert project.search(QUESTION, path="**", source="notes", principals=["group:a"])


def test_what_narrows_nothing_is_no_filter():
    assert Filters.of({"source": None, "path": []}) == Filters()
