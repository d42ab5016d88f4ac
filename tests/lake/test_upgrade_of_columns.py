"""An older lake gets its columns of today without a document being read again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pymupdf
import pytest
from deltalake import DeltaTable, write_deltalake

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.upgrades import apply, rewriting
from doclake.project import Project
from doclake.tables.registry import TABLES
from tests.flow import Flow

STEPS = (
    *("unreserved_column_names", "paths_in_the_quarantine", "names_and_descriptions"),
    "first_refusals",
)
WHEN = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
REFUSED = {"severity": "reject", "first_refused_at": WHEN, "refused_at": WHEN}
NEW_IN_QUARANTINE = ("path", "rule_fingerprint", "severity", "first_refused_at")
REMADE = ("elements", "measurements", "retrieval_report", "quarantine")
NAMES = {"ordinal": "order", "ended_at": "at", "asked_at": "at", "is_generated": "generated"}
BBOX = pa.field("bbox", pa.list_(pa.float32()), metadata={"comment": "In points"})
Rows = dict[str, pa.Table]


@pytest.fixture
def old(flow: Flow) -> tuple[Flow, Rows]:
    """A lake with the names of before, and what its tables are to hold after the upgrade."""
    page = pymupdf.open()
    page.new_page().insert_text((72, 72), "The quay is closed on Sunday.")
    page.save(flow.documents / "quay.pdf")
    flow.run()
    for name in ("measurements", "retrieval_report", "quarantine"):
        _fill(flow.lake, name)
    rows = _rows(flow.lake)
    for name in REMADE:
        _make_old(flow.lake, name)
    chunks = flow.lake.open("chunks")
    chunks.alter.set_table_description("Pieces")
    chunks.alter.set_column_metadata("text", {"comment": "Words"})
    flow.lake.delete("upgrades", Scope(where={"step": STEPS}))
    return Flow(flow.folder), rows


def _fill(lake: Lake, name: str) -> None:
    """One row, of a document that there is where the table has documents."""
    table = TABLES[name]
    (known, *_) = lake.read("ledger", columns=["bucket", "root_id", "doc_id", "path"]).to_pylist()
    row = {field.name: None if field.nullable else _value(field.type) for field in table.schema}
    row |= {key: value for key, value in (known | {"source": "notes"}).items() if key in row}
    row |= REFUSED if name == "quarantine" else {}
    buckets = [known["bucket"]] if "bucket" in row else []
    lake.replace(name, Scope("notes", buckets), pa.Table.from_pylist([row], table.schema))


def _value(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return []
    if pa.types.is_timestamp(kind):
        return WHEN
    return {pa.string(): "x", pa.bool_(): True}.get(kind, 3)


def _rows(lake: Lake) -> Rows:
    names = [name for name in TABLES if name != "upgrades"]
    return {name: lake.read(name).sort_by([(k, "ascending") for k in _key(name)]) for name in names}


def _key(name: str) -> tuple[str, ...]:
    return TABLES[name].key


def _make_old(lake: Lake, name: str) -> None:
    rows, url = lake.read(name), lake.table_url(name)
    if name == "elements":
        bbox = [box and [box[edge] for edge in ("x0", "y0", "x1", "y1")] for box in _boxes(rows)]
        assert any(bbox)
        place = rows.schema.get_field_index("box")
        rows = rows.set_column(place, BBOX, pa.array(bbox, BBOX.type))
        assert any("quay" in text for text in rows["text"].to_pylist())
    if name == "quarantine":
        rows = rows.drop_columns(NEW_IN_QUARANTINE)
    rows = rows.rename_columns([NAMES.get(column, column) for column in rows.column_names])
    shutil.rmtree(url)
    statistics = {"delta.dataSkippingStatsColumns": TABLES[name].found_by}
    by = TABLES[name].partition_columns
    write_deltalake(url, rows, partition_by=by, configuration=statistics)


def _boxes(rows: pa.Table) -> list[Any]:
    return rows["box"].to_pylist()


def test_every_row_is_there_as_before_and_no_document_is_read_again(old):
    flow, rows = old
    assert _rows(flow.lake) == rows
    reports = flow.run()
    assert (reports["elements"].documents, reports["chunks"].documents) == (0, 0)
    assert (reports["embeddings"].rows, reports["search_index"].rows) == (0, 0)
    assert flow.findings() == []
    taken = flow.lake.read("upgrades")["step"].to_pylist()
    assert sorted(taken) == sorted(apply.STEPS)


def test_who_only_looked_at_an_older_lake_has_not_touched_it(old):
    flow, rows = old
    looking = flow.lake.without(())
    before = {name: looking.version(name) for name in REMADE}
    for name in ("elements", "measurements", "retrieval_report"):
        assert looking.version(name) == Lake(flow.lake.url).version(name) == before[name]
    assert _rows(flow.lake) == rows


@pytest.mark.parametrize("killed_at", REMADE)
def test_an_upgrade_that_was_killed_goes_on_where_it_stood(old, monkeypatch, killed_at):
    flow, rows = old
    overwrite = rewriting.write_rows

    def die(table: DeltaTable, name: str, stream: Any) -> None:
        if name == killed_at:
            raise KeyboardInterrupt
        overwrite(table, name, stream)

    with monkeypatch.context() as patch:
        patch.setattr(rewriting, "write_rows", die)
        with pytest.raises(KeyboardInterrupt):
            flow.lake.read("chunks")
    assert _rows(Project.open(flow.folder).lake) == rows


def test_the_log_of_a_table_that_was_made_anew_holds_no_text(old):
    flow, _ = old
    flow.lake.read("elements")
    logs = list(Path(flow.lake.table_url("elements"), "_delta_log").glob("*.json"))
    assert len(logs) > 1
    assert not any("quay" in log.read_text("utf-8") for log in logs)


def test_tables_are_named_and_described_to_whoever_reads_them_with_delta_alone(old):
    flow, _ = old
    flow.lake.read("chunks")
    for name, definition in TABLES.items():
        if flow.lake.version(name) is None:
            continue
        table = DeltaTable(flow.lake.table_url(name))
        told = table.metadata()
        assert (told.name, told.description) == (name, definition.about)
        assert told.configuration["delta.dataSkippingStatsColumns"] == definition.found_by
        comments = {field.name: field.metadata["comment"] for field in table.schema().fields}
        assert comments == {
            field.name: field.metadata[b"comment"].decode() for field in definition.schema
        }
