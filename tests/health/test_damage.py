"""What is damaged is named with what mends it, and everything else is looked at all the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from doclake.errors import LakeDamaged
from doclake.health import damage, doctor
from doclake.operate import maintenance
from tests.damaged import KINDS, file_of

BACKUP = "stand nowhere else"


def _checks(flow) -> dict[str, doctor.Finding]:
    return {finding.check: finding for finding in doctor.examine(flow.project)}


@pytest.mark.slow
@pytest.mark.parametrize("table", ["documents", "elements", "chunks", "embeddings"])
def test_the_doctor_goes_on_with_the_other_buckets(flow, table):
    other = next(r for r in flow.lake.read("chunks").to_pylist() if r["bucket"] == "03")
    flow.lake.open("chunks").delete(f"chunk_id = '{other['chunk_id']}'")
    KINDS["deleted"](file_of(flow, table))
    found = _checks(flow)
    assert found["damaged files"].mend == "doclake repair"
    assert "notes/03" in found["ledger balance"].message
    assert not [f for f in found.values() if "notes/01" in f.message and f.table is None]


def test_a_damaged_index_hides_nothing_of_the_lake_and_only_itself_is_told(flow):
    index = Path(flow.lake.url, "index")
    KINDS["truncated"](next(index.glob("chunks_*/data/*")))
    (found,) = doctor.examine(flow.project)
    assert (found.table, found.source, found.mend) == ("search_index", None, "doclake repair")
    KINDS["deleted"](file_of(flow, "elements"))
    assert len(doctor.examine(flow.project)) == 2


@pytest.mark.parametrize("table", ["ledger", "upgrades"])
def test_rows_that_stand_nowhere_else_are_never_made_up(flow, table):
    bucket = "01" if table == "ledger" else None
    file = file_of(flow, table) if bucket else next(Path(flow.lake.table_url(table)).glob("part*"))
    KINDS["truncated"](file)
    (found,) = doctor.examine(flow.project)
    assert (found.table, found.bucket) == (table, bucket)
    assert BACKUP in found.mend


def test_a_table_whose_log_is_damaged_leaves_the_other_checks(flow):
    log = Path(flow.lake.table_url("chunks"), "_delta_log")
    KINDS["overwritten"](log / f"{1:020}.json")
    flow.configure(recipe={"chunk": {"max_tokens": 64}})
    found = _checks(flow)
    assert "move the folder tables/chunks out of the lake" in found["damaged files"].mend
    assert "ledger balance" in found["not checked"].message
    assert found.keys() == {"damaged files", "not checked", "recipe"}


@pytest.mark.parametrize("table", ["documents", "elements", "metadata", "chunks", "embeddings"])
def test_a_table_that_is_gone_is_told_for_each_bucket_that_had_rows(flow, table):
    shutil.rmtree(flow.lake.table_url(table))
    found = damage.find(flow.project)
    assert {(file.table, file.path, file.what) for file in found} == {
        (table, f"tables/{table}", "is gone")
    }
    assert {"00", "01", "03"} <= {file.bucket for file in found}


def test_a_source_that_is_not_configured_any_more_is_to_be_removed(flow):
    flow.configure(sources={"letters": {"url": "documents", "access": ["everyone"]}})
    KINDS["deleted"](file_of(flow, "elements"))
    (file,) = damage.find(flow.project)
    assert damage.mend(flow.project, file) == "doclake remove notes"


def test_maintenance_tidies_nothing_up_in_a_damaged_lake(flow):
    KINDS["deleted"](file_of(flow, "chunks"))
    with pytest.raises(LakeDamaged, match="notes/01: chunks: tables/chunks/") as refused:
        maintenance.run(flow.project)
    assert refused.value.mend == "`doclake repair` makes its rows anew from elements."
