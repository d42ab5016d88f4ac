"""`doclake tables`: what there is to read, and where."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from doclake.tables.registry import TABLES


def test_every_table_that_was_written_is_told_with_what_its_rows_are(flow, command, capsys):
    assert command("tables", "--json") == 0
    told = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {"documents", "elements", "chunks", "embeddings", "ledger", "search_index"} <= set(told)
    assert "incidents" not in told  # nothing failed yet that nobody watched
    assert told["chunks"]["about"] == TABLES["chunks"].about
    assert all(Path(row["url"]).is_dir() for row in told.values())
    assert Path(told["search_index"]["url"]).name.startswith("chunks_all_minilm_l6_v2_")


def test_a_person_reads_the_same(flow, command, capsys):
    assert command("tables") == 0
    shown = capsys.readouterr().out
    assert f"ledger  {TABLES['ledger'].about}" in shown
    assert flow.lake.table_url("ledger").removeprefix(str(flow.folder)) in shown.replace("\n", "")


def test_of_a_lake_that_is_not_there_no_view_is_made(flow, command, capsys):
    shutil.rmtree(flow.lake.url)
    assert command("tables", "--sql") == 1
    assert "doclake ingest" in capsys.readouterr().err
    assert not Path(flow.lake.url).exists()
