"""However long a searcher lives, every question sees the settings and the index of its moment."""

from __future__ import annotations

import os

import pytest
import yaml

from doclake import Project
from doclake.errors import IndexStateError, SettingsError
from doclake.search.filters import Filters
from doclake.search.hits import Hit
from doclake.search.searcher import Searcher
from doclake.stages import search_index

BOARD = ["group:board"]
QUESTION = "Where is the spade?"


def _sources(*access, **more):
    return {"notes": {"url": "documents", "access": list(access), "buckets": 4} | more}


@pytest.fixture
def searcher(flow) -> Searcher:
    """Of a project of its own, which nobody opens again."""
    found = Searcher(Project.open(flow.folder))
    assert found.search(QUESTION, k=1)[0].path == "tools.txt"
    return found


def test_a_narrowed_list_closes_the_next_question_before_any_run(flow, searcher):
    flow.write_settings(flow.folder, sources=_sources(*BOARD))
    assert searcher.search(QUESTION) == []
    assert searcher.search(QUESTION, principals=["group:staff"]) == []
    assert searcher.search(QUESTION, principals=BOARD)
    flow.write_settings(flow.folder, sources=_sources())
    assert searcher.search(QUESTION, principals=BOARD) == []


def test_a_widened_list_opens_when_a_run_has_written_it(flow, searcher):
    flow.configure(sources=_sources(*BOARD))
    flow.run()
    flow.configure(sources=_sources("everyone"))
    assert searcher.search(QUESTION) == []
    flow.run()
    assert searcher.search(QUESTION)


def test_questions_asked_together_each_see_the_list_of_their_moment(flow, searcher):
    answers = searcher.search_many([QUESTION] * 3)
    assert next(answers).hits
    flow.write_settings(flow.folder, sources=_sources(*BOARD))
    assert next(answers).hits == []
    flow.write_settings(flow.folder, sources=_sources("everyone"))
    assert next(answers).hits


def test_a_change_within_size_and_time_of_the_file_is_seen(flow, searcher):
    file = flow.folder / "doclake.yaml"
    before, text = file.stat(), file.read_text()
    file.write_text(text.replace("everyone", "somebody"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert searcher.search(QUESTION) == []


def test_a_link_that_leads_to_other_settings_now_is_followed(flow):
    """As a configuration is mounted in a cluster, and as releases are switched."""
    narrowed = flow.folder / "doclake.yaml"
    text = narrowed.read_text().replace("url: documents", f"url: {flow.documents}")
    narrowed.write_text(text.replace("lake: lake", f"lake: {flow.folder / 'lake'}"))
    wide = flow.folder / "wide.yaml"
    narrowed.rename(wide)
    narrowed.write_text(wide.read_text().replace("everyone", "group:board"))
    link = flow.folder / "current.yaml"
    link.symlink_to(wide)
    searcher = Searcher(Project.open(link))
    assert searcher.search(QUESTION)
    link.unlink()
    link.symlink_to(narrowed)
    assert searcher.search(QUESTION) == []


def test_a_source_that_is_configured_no_more_is_closed_to_everyone(flow, searcher):
    (flow.folder / "letters").mkdir()
    letters = {"letters": {"url": "letters", "access": ["everyone"]}}
    flow.write_settings(flow.folder, sources=letters)
    assert searcher.search(QUESTION, principals=BOARD) == []
    assert searcher.search(QUESTION, filters=Filters(source=("notes",))) == []
    flow.write_settings(flow.folder, sources=_sources("everyone"))
    assert searcher.search(QUESTION)


@pytest.mark.parametrize("text", ["sources: [", "sourcez: {}\n", "- a list\n", None])
def test_while_the_settings_are_wrong_or_gone_no_question_is_answered(flow, searcher, text):
    file = flow.folder / "doclake.yaml"
    good = file.read_text()
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    for _ in range(2):
        with pytest.raises(SettingsError, match=r"doclake\.yaml"):
            searcher.search(QUESTION)
    file.write_text(good)
    assert searcher.search(QUESTION)


def test_a_deleted_document_is_gone_at_the_next_question(flow, searcher):
    (flow.documents / "tools.txt").unlink()
    flow.run()
    assert "tools.txt" not in {hit.path for hit in searcher.search(QUESTION)}


def test_an_index_made_anew_is_the_one_that_answers(flow, searcher):
    flow.write("spade.md", "# Spade\n\nThe spade is in the shed now.\n")
    flow.run()
    search_index.run(flow.project, rebuild=True)
    assert "spade.md" in {hit.path for hit in searcher.search(QUESTION)}


def test_settings_that_come_from_no_file_stay_as_they_are(flow):
    config = yaml.safe_load((flow.folder / "doclake.yaml").read_text())
    config["lake"] = str(flow.folder / "lake")
    searcher = Searcher(Project.of(type(flow.settings)(**config)))
    (flow.folder / "doclake.yaml").unlink()
    assert searcher.search(QUESTION)


def test_without_an_index_a_question_says_what_to_run(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump({"sources": _sources("everyone")}))
    with pytest.raises(IndexStateError, match="doclake ingest"):
        Searcher(Project.open(tmp_path)).search(QUESTION)


def test_a_citation_names_source_document_pages_and_section():
    hit = Hit("d", "c", "handbook", "a/b.pdf", "T", [2, 3], ["Leave", "Annual"], [], 0.5, "text")
    assert hit.citation == "[handbook] a/b.pdf, pages 2, 3 § Leave › Annual"


def test_a_citation_of_a_document_without_pages_or_headings_is_its_place():
    assert Hit("d", "c", "s", "a.txt", None, [], [], [], 0.5, "t").citation == "[s] a.txt"
