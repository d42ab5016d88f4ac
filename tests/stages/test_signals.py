"""What steps of curation find stands beside each chunk; a dropped one is in no search."""

from __future__ import annotations

import pytest

from doclake import ids
from doclake.health import balance
from doclake.health.counts import total
from doclake.lake.scope import Scope
from doclake.search.searcher import Searcher
from doclake.stages.plans.undone import undone
from tests.flow import Flow

REPORT = (
    "# Storm damage\n\nThe reserve for storm damage may be used for roofs, masts and the fence "
    "along the river, once the board has seen two offers and the insurer has refused to pay in "
    "writing.\n"
)
EDITED = REPORT.replace("two offers", "three offers").replace("the river", "the lake")
KOREAN = (
    "# 연차휴가\n\n1년을 근무한 직원에게는 15일의 연차휴가를 주며, 사용하지 않은 휴가는 다음 해 "
    "3월 말까지 쓸 수 있고 그 뒤에는 수당으로 지급한다.\n"
)
MAIL = "> We will meet on Monday at nine.\n> Bring the plans of the south wall.\n> And the keys.\n"


@pytest.fixture
def curated(tmp_path) -> Flow:
    flow = Flow.of_small_documents(tmp_path)
    flow.write("a/report.md", REPORT)
    flow.write("b/report.md", EDITED)
    flow.write("휴가.md", KOREAN)
    flow.write("quoted.txt", MAIL)
    return flow


def curate(flow: Flow, **steps: object) -> None:
    flow.configure(recipe={"curation": steps})
    flow.run()


def flagged(flow: Flow, step: str) -> set[str]:
    """Paths of the documents in which a step found something."""
    paths = {row["chunk_id"]: row["path"] for row in flow.lake.read("chunks").to_pylist()}
    rows = flow.lake.read("signals", Scope(where={"step": [step]})).to_pylist()
    return {paths[row["chunk_id"]] for row in rows if row["flags"]}


def _bucket(path: str) -> str:
    return ids.bucket(ids.doc_id("notes", path), 4)


def found(flow: Flow, question: str) -> set[str]:
    return {hit.path for hit in Searcher(flow.project).search(question, k=20)}


def test_every_chunk_has_a_signal_of_every_step_and_nothing_is_dropped_unless_asked(curated):
    curated.run()
    chunks = curated.lake.read("chunks").num_rows
    counts = curated.lake.count_by("signals", ["step"])
    assert len(counts) == 7 and set(counts.values()) == {chunks}
    assert total(balance.status(curated.project)).dropped == 0
    assert flagged(curated, "exact_duplicates") == {"garden.md"}  # copy.md stands before it
    assert flagged(curated, "near_duplicates") == {"b/report.md"}
    assert curated.findings() == []
    second = curated.run()
    assert second["signals"].documents == 0


@pytest.mark.slow
def test_a_dropped_chunk_keeps_its_row_is_not_found_and_comes_back_with_the_policy(curated):
    curate(curated, near_duplicates="drop", quoted_mail="drop")
    hidden = {"b/report.md", "quoted.txt"}
    assert not hidden & found(curated, "storm damage, south wall, Monday")
    whole = total(balance.status(curated.project))
    assert (whole.dropped, whole.indexed, whole.vectors) == (2, whole.chunks - 2, whole.chunks - 2)
    assert whole.balanced and curated.findings() == []
    ledger = {row["path"]: row for row in curated.lake.read("ledger").to_pylist()}
    assert ledger["quoted.txt"]["dropped"] == 1
    assert [part["reason"] for part in ledger["quoted.txt"]["left_out"]] == ["quoted_mail"]
    curate(curated, near_duplicates="keep", quoted_mail="keep")
    assert hidden <= found(curated, "storm damage, south wall, Monday")
    assert total(balance.status(curated.project)).dropped == 0 and curated.findings() == []


def test_a_changed_step_judges_again_alone(curated):
    curated.run()
    before = curated.lake.read("signals").to_pylist()
    curate(curated, quoted_mail={"share": 0.9})
    after = curated.lake.read("signals").to_pylist()
    changed = {row["step"] for row in after} - {row["step"] for row in after if row in before}
    assert changed == {"quoted_mail"} and len(before) == len(after)


@pytest.mark.slow
def test_when_the_first_of_a_cluster_goes_another_stands_for_it(curated):
    curate(curated, near_duplicates="drop", exact_duplicates="drop")
    assert "b/report.md" not in found(curated, "storm damage")
    (curated.documents / "a/report.md").unlink()
    curated.run(allow_deletions=True)
    assert "b/report.md" in found(curated, "storm damage")
    assert total(balance.status(curated.project)).balanced and curated.findings() == []
    curated.write("a/report.md", REPORT)
    curated.run()
    assert flagged(curated, "near_duplicates") == {"a/report.md"}


def test_a_copy_in_another_bucket_is_known_to_be_due_when_the_first_goes(curated):
    """The run that a sensor starts holds the bucket of the deleted document alone."""
    curate(curated, near_duplicates="drop", exact_duplicates="drop")
    first = _bucket("a/report.md")
    other = next(f"c{n}.md" for n in range(50) if _bucket(f"c{n}.md") != first)
    curated.write(other, REPORT)
    curated.run()
    assert other not in found(curated, "storm damage")
    (curated.documents / "a/report.md").unlink()
    curated.run(buckets=(first,), allow_deletions=True)
    due = undone(curated.project, "notes")
    assert _bucket(other) in due
    curated.run(buckets=tuple(sorted(due)))
    assert {other, "b/report.md"} & found(curated, "storm damage")
    assert not undone(curated.project, "notes")


def test_what_nobody_finds_stands_for_no_copy(curated):
    """A chunk that another step drops, and those of a source that is configured no more."""
    everyone = {"access": ["everyone"], "buckets": 2, "url": "documents"}
    lake = {"exact_duplicates": "drop", "duplicates_across": "lake"}
    dropping = everyone | {"recipe": {"curation": lake | {"quoted_mail": "drop"}}}
    keeping = everyone | {"recipe": {"curation": lake | {"quoted_mail": "keep"}}}
    curated.configure(sources={"mail": dropping, "notes": keeping})
    curated.run("mail")
    curated.run("notes")
    rows = curated.lake.read("chunks").to_pylist()
    dropped = {(row["source"], row["path"]) for row in rows if row["dropped_by"]}
    assert ("mail", "quoted.txt") in dropped and ("notes", "a/report.md") in dropped
    assert ("notes", "quoted.txt") not in dropped
    curated.configure(sources={"notes": keeping})
    assert undone(curated.project, "notes")
    curated.run("notes")
    assert "a/report.md" in found(curated, "storm damage")
    assert not undone(curated.project, "notes")


def test_search_says_what_a_step_flagged_where_the_settings_ask_for_it(curated):
    curate(curated, quoted_mail="flag")
    hits = Searcher(curated.project).search("plans of the south wall", k=20)
    assert {hit.path for hit in hits if "quoted_mail" in hit.flags} == {"quoted.txt"}


@pytest.mark.slow
def test_a_source_whose_steps_are_all_off_has_no_signals(curated):
    curated.run()
    off = ("language", "heuristics", "boilerplate", "furniture", "quoted_mail")
    curate(curated, **dict.fromkeys((*off, "exact_duplicates", "near_duplicates"), "off"))
    assert curated.lake.read("signals").num_rows == curated.lake.read("minhashes").num_rows == 0
    assert curated.findings() == []


def test_who_may_read_a_copy_alone_finds_it_after_the_next_run(curated):
    curate(curated, near_duplicates="drop")
    assert "b/report.md" not in found(curated, "storm damage")
    (curated.documents / "a/.access.yaml").write_text("allow: [group:board]\n")
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "access_from": ["sidecar"]}
    curated.configure(sources={"notes": source}, recipe={"curation": {"near_duplicates": "drop"}})
    report = curated.run()
    assert report["elements"].documents == 0
    assert "b/report.md" in found(curated, "storm damage")
    assert curated.findings() == []


@pytest.mark.slow
def test_a_copy_is_no_duplicate_of_a_chunk_that_others_may_read(curated):
    """Else it would be lost for those who may read the copy alone."""
    source = {"access": ["everyone"], "buckets": 2}
    sources = {
        "notes": {"url": "documents", "access": ["group:board"], "buckets": 4},
        "open": source | {"url": "documents/a"},
        "copies": source | {"url": "documents/b"},
    }
    steps = {"near_duplicates": "drop", "duplicates_across": "lake"}
    curated.configure(sources=sources, recipe={"curation": steps})
    for name in sources:
        curated.run(name)
    rows = curated.lake.read("chunks").to_pylist()
    dropped = {(row["source"], row["path"]) for row in rows if row["dropped_by"]}
    assert dropped == {("notes", "b/report.md"), ("copies", "report.md")}
    assert curated.findings() == []
