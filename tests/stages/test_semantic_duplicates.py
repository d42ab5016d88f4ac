"""What says the same in other words is noted and flagged, and nothing is dropped for it."""

from __future__ import annotations

import pytest

from doclake.errors import SettingsError
from doclake.project import Project
from doclake.search.searcher import Searcher
from tests.flow import Flow

FIRST = "The board meets on Monday at nine to approve the budget of the harbour.\n"
TWIN = "On Monday at nine the board meets to approve the harbour's budget.\n"
OTHER = "Oil the hinges of the sluice gate before the first frost.\n"
ASKED = {"semantic_duplicates": {"policy": "flag", "similarity": 0.9}}


@pytest.fixture
def flow(tmp_path) -> Flow:
    flow = Flow.of_small_documents(tmp_path)
    flow.configure(recipe={"curation": ASKED})
    for name, text in (("a.txt", FIRST), ("b.txt", TWIN), ("c.txt", OTHER)):
        flow.write(name, text)
    return flow


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


@pytest.mark.slow
def test_a_run_with_nothing_new_writes_nothing_and_without_the_step_nothing_is_kept(flow):
    flow.run()
    version = flow.lake.open("semantic_clusters").version()
    flow.run()
    assert flow.lake.open("semantic_clusters").version() == version
    flow.configure()
    flow.run()
    assert flow.lake.read("semantic_clusters").num_rows == 0 and flow.findings() == []


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
