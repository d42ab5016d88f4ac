"""The doctor finds refusals and decisions that are not as they must be."""

from __future__ import annotations

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from doclake.govern import quarantine
from doclake.operate import maintenance, replay
from doclake.tables.quarantine import QUARANTINE


def _rows(flow, table: str) -> list[dict[str, object]]:
    return flow.lake.read(table).to_pylist()


def test_a_refusal_that_no_document_owns_is_found_and_dropped_by_maintenance(damaged):
    (row,) = _rows(damaged, "quarantine")
    stray = pa.Table.from_pylist([row | {"doc_id": "f" * 32, "key": "f" * 32}], QUARANTINE.schema)
    write_deltalake(damaged.lake.table_url("quarantine"), stray, mode="append")
    assert ("no orphans", "doclake maintain") in damaged.findings()
    maintenance.run(damaged.project)
    assert [kept["key"] for kept in _rows(damaged, "quarantine")] == [row["key"]]


@pytest.mark.slow
def test_a_decision_without_a_reason_is_found_and_forgotten_so_that_the_row_is_refused(damaged):
    quarantine.release(damaged.project, quarantine.Selection("notes"), "Why not?", "kim")
    damaged.run()
    (row,) = _rows(damaged, "decisions")
    DeltaTable(damaged.lake.table_url("decisions")).update({"reason": "' '"})
    assert {check for check, _ in damaged.findings()} == {"reasons of decisions"}
    maintenance.run(damaged.project)
    assert _rows(damaged, "decisions") == []
    damaged.run()
    assert [refused["key"] for refused in _rows(damaged, "quarantine")] == [row["key"]]


@pytest.mark.slow
def test_a_refused_row_that_stands_without_a_decision_is_found_and_refused_by_a_replay(damaged):
    quarantine.release(damaged.project, quarantine.Selection("notes"), "The keeper wants it", "kim")
    damaged.run()
    (row,) = _rows(damaged, "decisions")
    assert damaged.findings() == []
    DeltaTable(damaged.lake.table_url("decisions")).delete()
    found = dict(damaged.findings())
    assert found == {"content": "doclake replay --source notes --reason unbalanced"}
    replay.mark(damaged.project, source="notes", reason="unbalanced")
    damaged.run()
    assert [refused["key"] for refused in _rows(damaged, "quarantine")] == [row["key"]]
