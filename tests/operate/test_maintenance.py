"""Maintenance makes the lake smaller and changes nothing anybody reads."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from doclake.index.index import SearchIndex
from doclake.lake import audit, ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.watermark import changed_partitions
from doclake.operate import incidents, maintenance
from doclake.stages import embeddings
from doclake.tables.registry import TABLES
from tests.flow import MODEL

DAY = timedelta(days=1)


def _state(flow):
    names = [name for name in TABLES if name != "incidents"]
    return {name: sorted(map(repr, flow.lake.read(name).to_pylist())) for name in names}


def _age(flow, table: str, column: str, days: int) -> None:
    """Let the rows of a table be as they would be after this many days."""
    rows = flow.lake.read(table).to_pylist()
    for row in rows:
        if row[column] is not None:
            row[column] -= days * DAY
    flow.lake.replace(
        table, Scope("notes"), pa.Table.from_pylist(rows, schema=TABLES[table].schema)
    )


@pytest.mark.slow
def test_compaction_merges_files_and_keeps_every_row_and_the_change_feed(flow):
    for run in range(2):
        for number in range(6):
            flow.write(f"{run}/{number}.md", f"# Run {run}\n\nNote number {number}.\n")
        flow.run()
    before, since = _state(flow), flow.lake.version("chunks")
    done = {item.table: item for item in maintenance.run(flow.project)}
    assert done["chunks"].files_merged > 1
    assert _state(flow) == before
    assert changed_partitions(flow.lake, "chunks", since - 1)  # readable across it
    assert changed_partitions(flow.lake, "chunks", since) == set()
    assert flow.findings() == []
    assert flow.run()["search_index"].counts.get("partitions", 0) == 0


def test_a_second_maintenance_finds_nothing_to_do(flow):
    maintenance.run(flow.project)
    done = maintenance.run(flow.project)
    assert {(i.files_merged, i.files_removed, i.rows_forgotten) for i in done} == {(0, 0, 0)}


def test_old_files_go_and_those_a_killed_writer_left_behind_go_too(flow):
    flow.write("garden.md", "# Garden\n\nThe pond is empty.\n")
    flow.run()
    folder = Path(flow.lake.table_url("chunks"))
    stray = next(folder.glob("source=notes/*")) / "part-00000-stray.parquet"
    stray.write_bytes(b"half a file")
    maintenance.run(flow.project)
    assert stray.exists()  # a writer at work has such files
    old = datetime.now(UTC).timestamp() - 30 * 86_400
    os.utime(stray, (old, old))
    before = _state(flow)
    maintenance.run(flow.project)
    assert not stray.exists()
    assert _state(flow) == before


def test_a_history_of_nothing_still_keeps_what_a_run_at_work_may_need(flow):
    flow.configure(retention={"history": "0s"})
    flow.write("garden.md", "# Garden\n\nThe pond is empty.\n")
    flow.run()
    done = {item.table: item for item in maintenance.run(flow.project)}
    assert done["chunks"].files_removed == 0


def test_an_unfollowed_change_reaches_the_index_before_its_feed_may_go(flow):
    from doclake.stages import chunks, documents, elements

    (flow.documents / "tools.txt").unlink()
    for stage in (documents, elements, chunks):
        stage.run(flow.context())
    maintenance.run(flow.project)
    index = SearchIndex(flow.lake)
    assert "tools.txt" not in index.open(index.state()).to_arrow()["path"].to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize("days", [30, 200])
def test_tombstones_are_forgotten_when_they_are_old(flow, days):
    (flow.documents / "tools.txt").unlink()
    flow.run()
    for table, column in (("documents", "deleted_at"), ("ledger", "updated_at")):
        _age(flow, table, column, days)
    maintenance.run(flow.project)
    paths = {row["path"] for row in ledger.read(flow.lake, Scope("notes"))}
    registered = set(flow.lake.read("documents")["path"].to_pylist())
    assert ("tools.txt" in paths) == ("tools.txt" in registered) == (days == 30)
    assert len(registered - {"tools.txt"}) == 4  # however old: only what is deleted goes
    flow.run()
    assert flow.findings() == []


def test_what_comes_back_while_maintenance_looks_is_not_forgotten(flow, monkeypatch):
    (flow.documents / "tools.txt").unlink()
    flow.run()
    _age(flow, "documents", "deleted_at", 200)
    _age(flow, "ledger", "updated_at", 200)
    read = Lake.read

    def then_it_comes_back(lake, name, scope=EVERYTHING, columns=None):
        rows = read(lake, name, scope, columns)
        if columns and columns[-1] == "deleted_at" and not (flow.documents / "tools.txt").exists():
            flow.write("tools.txt", "The spade is back.\n")
            flow.run()
        return rows

    monkeypatch.setattr(Lake, "read", then_it_comes_back)
    maintenance.run(flow.project)
    monkeypatch.undo()
    assert "tools.txt" in flow.lake.read("documents")["path"].to_pylist()
    assert "tools.txt" in {row["path"] for row in ledger.read(flow.lake, Scope("notes"))}
    assert flow.findings() == []


@pytest.mark.slow
def test_a_model_that_is_named_again_after_its_vectors_were_forgotten_embeds_again(
    flow, monkeypatch
):
    """The run under the other model died before it told the ledger."""
    other = MODEL | {"query_prompt": "Q: "}  # cuts the same chunks
    flow.configure(embedding=other, retention={"former_index": "0s"})
    with monkeypatch.context() as killing:
        killing.setattr(embeddings, "_settle", lambda *_: None)
        flow.run()
    assert SearchIndex(flow.lake).state().model == flow.project.model
    maintenance.run(flow.project)
    flow.configure()
    assert flow.run()["embeddings"].counts["embedded"] > 0
    assert flow.findings() == []


def test_closed_incidents_are_forgotten_and_open_ones_are_not(flow):
    long_ago = datetime.now(UTC) - 500 * DAY
    for cause in ("run", "check:notes/chunks:c"):
        incidents.raise_incident(
            flow.lake, "notes", cause, owner="o", message="m", run_id="r", failed_at=long_ago
        )
    incidents.resolve(flow.lake, "notes", "run", "r2")
    _age(flow, "incidents", "resolved_at", 400)
    maintenance.run(flow.project)
    assert [row["cause"] for row in incidents.all_of(flow.lake)] == ["check:notes/chunks:c"]


def test_searches_of_long_ago_are_forgotten_what_people_did_stays_and_all_is_in_few_files(flow):
    for name in ("search", "refused_token", "erase", "search"):
        audit.note(flow.lake, action=name, source="notes", rows=1)
    _age(flow, "audit", "done_at", 400)
    for _ in range(3):
        audit.note(flow.lake, action="search", source="notes", rows=2)
    done = {item.table: item for item in maintenance.run(flow.project)}
    assert (done["audit"].rows_forgotten, done["audit"].files_merged) == (3, 4)
    left = sorted(flow.lake.read("audit")["action"].to_pylist())
    assert left == ["erase", "search", "search", "search"]
