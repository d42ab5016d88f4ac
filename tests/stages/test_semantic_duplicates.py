"""What says the same in other words is noted and flagged, and nothing is dropped for it."""

from __future__ import annotations

import pytest

from doclake import ids
from doclake.errors import SettingsError
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.searcher import Searcher
from doclake.stages.plans.undone import undone
from tests.flow import Flow

FIRST = "The board meets on Monday at nine to approve the budget of the harbour.\n"
TWIN = "On Monday at nine the board meets to approve the harbour's budget.\n"
OTHER = "Oil the hinges of the sluice gate before the first frost.\n"
MAIL = "> We will meet on Monday at nine.\n> Bring the plans of the south wall.\n> And the keys.\n"
ASKED = {"semantic_duplicates": {"policy": "flag", "similarity": 0.9}}
ALONE = ASKED | {"exact_duplicates": "off", "near_duplicates": "off"}


@pytest.fixture
def flow(tmp_path) -> Flow:
    flow = Flow.of_small_documents(tmp_path)
    flow.configure(recipe={"curation": ASKED})
    for name, text in (("a.txt", FIRST), ("b.txt", TWIN), ("c.txt", OTHER)):
        flow.write(name, text)
    return flow


def _bucket(path: str) -> str:
    return ids.bucket(ids.doc_id("notes", path), 4)


def twins(flow: Flow) -> dict[str, str]:
    """The path of each duplicate, with that of what it repeats."""
    paths = {row["chunk_id"]: row["path"] for row in flow.lake.read("chunks").to_pylist()}
    rows = flow.lake.read("semantic_clusters").to_pylist()
    assert {row["chunk_id"] for row in rows} == paths.keys()
    found = {row["chunk_id"]: row["cluster_id"] for row in rows if row["similarity"] is not None}
    return {paths[own]: paths[first] for own, first in found.items()}


def test_a_search_flags_what_says_the_same_and_still_finds_it(flow):
    reports = flow.run()
    assert twins(flow).keys() & {"a.txt", "b.txt", "c.txt"} in ({"a.txt"}, {"b.txt"})
    rows = flow.lake.read("semantic_clusters", columns=["similarity"])
    noted = len(rows) - rows["similarity"].null_count
    assert reports["embeddings"].counts["semantic_duplicates"] == noted >= len(twins(flow))
    hits = Searcher(flow.project).search("When does the board meet?", k=5)
    flagged = {hit.path for hit in hits if "semantic_duplicates" in hit.flags}
    assert flagged == twins(flow).keys() & {hit.path for hit in hits}
    assert {"a.txt", "b.txt"} <= {hit.path for hit in hits}
    assert flow.findings() == []


@pytest.mark.slow
def test_what_arrives_later_repeats_what_stands_and_stands_when_that_goes(flow):
    (flow.documents / "b.txt").unlink()
    flow.run()
    flow.write("b.txt", TWIN)
    flow.run()
    assert twins(flow)["b.txt"] == "a.txt"
    (flow.documents / "a.txt").unlink()
    flow.run(allow_deletions=True)
    assert "b.txt" not in twins(flow) and flow.findings() == []
    flow.write("a.txt", FIRST)
    flow.run()
    assert twins(flow)["a.txt"] == "b.txt"


def test_a_twin_in_another_bucket_is_known_to_be_due_when_the_first_goes(flow):
    """The run that a sensor starts holds the bucket of the document that went alone."""
    flow.configure(recipe={"curation": ALONE})
    (flow.documents / "b.txt").unlink()
    flow.run()
    first = _bucket("a.txt")
    other = next(f"b{n}.txt" for n in range(50) if _bucket(f"b{n}.txt") != first)
    flow.write(other, TWIN)
    flow.run()
    assert twins(flow)[other] == "a.txt" and not undone(flow.project, "notes")
    (flow.documents / "a.txt").unlink()
    flow.run(buckets=(first,), allow_deletions=True)
    due = undone(flow.project, "notes")
    assert due.keys() == {_bucket(other)}
    flow.run(buckets=tuple(due))
    assert other not in twins(flow) and not undone(flow.project, "notes")
    assert flow.findings() == []


@pytest.mark.slow
def test_a_run_with_nothing_new_writes_nothing_and_without_the_step_nothing_is_kept(flow):
    flow.run()
    version = flow.lake.open("semantic_clusters").version()
    flow.run()
    assert flow.lake.open("semantic_clusters").version() == version
    flow.configure()
    flow.run()
    assert flow.lake.read("semantic_clusters").num_rows == 0 and flow.findings() == []


@pytest.mark.parametrize("then", ["is dropped", "is configured no more"])
def test_what_nobody_finds_stands_for_no_twin(flow, then):
    """What another step drops, and what is left of a source without settings."""
    everyone = {"access": ["everyone"], "buckets": 2}
    asked = ALONE | {"duplicates_across": "lake"}
    notes = everyone | {"url": "documents", "recipe": {"curation": asked}}
    mail = everyone | {"url": "mail", "recipe": {"curation": asked}}
    (flow.folder / "mail").mkdir()
    (flow.folder / "mail" / "a.txt").write_text(MAIL)
    flow.write("b.txt", MAIL)
    flow.configure(sources={"notes": notes, "mail": mail})
    flow.run("mail")
    flow.run("notes")
    assert twins(flow)["b.txt"] == "a.txt" and not undone(flow.project, "notes")
    drop = mail | {"recipe": {"curation": asked | {"quoted_mail": "drop"}}}
    left = {"mail": drop} if then == "is dropped" else {}
    flow.configure(sources={"notes": notes} | left)
    for source in left:
        flow.run(source)
    chunks = flow.lake.read("chunks", Scope("mail")).to_pylist()
    due = undone(flow.project, "notes")
    assert due.keys() == {ids.bucket(ids.doc_id("notes", "b.txt"), 2)}
    flow.run(buckets=tuple(due))
    firsts = flow.lake.read("semantic_clusters", Scope("notes"))["cluster_id"].to_pylist()
    assert not {row["chunk_id"] for row in chunks if row["path"] == "a.txt"}.intersection(firsts)
    assert not undone(flow.project, "notes")


def test_who_may_read_only_one_of_two_is_told_of_no_duplicate(flow):
    (flow.documents / "board").mkdir()
    (flow.documents / "b.txt").rename(flow.documents / "board/b.txt")
    (flow.documents / "board/.access.yaml").write_text("allow: [group:board]\n")
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "access_from": ["sidecar"]}
    flow.configure(sources={"notes": source}, recipe={"curation": ASKED})
    flow.run()
    assert not twins(flow).keys() & {"a.txt", "board/b.txt"}


def test_it_drops_nothing_and_says_so(flow):
    flow.write_settings(flow.folder, recipe={"curation": {"semantic_duplicates": "drop"}})
    with pytest.raises(SettingsError, match="semantic_duplicates"):
        Project.open(flow.folder)
