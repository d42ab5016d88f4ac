"""What Dagster shows of each partition, of each run and of each table."""

from __future__ import annotations

from collections import Counter
from typing import Any

import dagster as dg
import pytest

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages.plans.documents import registered_digests
from doclake.tables.listing import LISTING
from doclake.tables.registry import TABLES
from doclake.tables.search_index import search_index_schema
from doclake_dagster.assets.common.lineage import MADE_OF
from doclake_dagster.assets.common.tags import DATA_VERSION_TAG
from doclake_dagster.assets.factory import sources_of
from doclake_dagster.pipelines.definitions import build_definitions, source_jobs
from doclake_dagster.pipelines.run_sources import ingest
from doclake_dagster.pipelines.sensors.observation import observe
from tests.flow import Flow

STAGES = ("documents", "elements", "chunks", "embeddings")
SOME = {"failures", "first_documents", "chunk_length"}
SOME |= {f"chunk_tokens_{name}" for name in ("median", "95_percent", "longest")}
BUCKETS = ("00", "01", "02", "03")
NOT_MADE_OF_COLUMNS = {
    "documents": {"source", "updated_at"},
    "elements": {"recipe"},
    "chunks": {"recipe"},
    "signals": {"step", "fingerprint"},
    "embeddings": {"model", "model_name", "created_at"},
    "search_index": set(),
    "quality": {
        *("day", "until", "documents_failed", "chunks_refused", "chunks_repeated", "error_rate"),
        *("quarantine_rate", "duplicate_rate", "freshness_met", "seconds_since_run", "downtime"),
        *("incidents_opened", "incidents_resolved", "seconds_to_detect", "seconds_to_resolve"),
    },
    "drift": {"day", "aspect", "until", "verdict", "reference_from", "reference_until"},
    "retrieval_report": {
        *(
            "report_id",
            "language",
            "measure",
            "n",
            "is_generated",
            "is_trial",
            "accepted",
            "verdict",
            "model",
        ),
        *("model_name", "recipe", "run_id", "asked_at", "questions"),
    },
}
"""They come from the settings, the questions, the clock or the run."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Any:
    """A source that `doclake ingest` has filled: its flow, and what Dagster recorded."""
    flow = Flow.of_small_documents(tmp_path_factory.mktemp("flow"))
    with dg.DagsterInstance.ephemeral() as instance:
        (outcome,) = ingest(flow.project, source_jobs(flow.project, ["notes"]), instance)
        assert outcome.success, outcome.error
        yield flow, instance, outcome


def _latest(instance: dg.DagsterInstance, table: str) -> dict[str, dict[str, Any]]:
    """The metadata of the newest materialization of each partition."""
    found = instance.fetch_materializations(dg.AssetKey(["notes", table]), limit=100).records
    metadata: dict[str, dict[str, Any]] = {}
    for record in found:  # newest first
        values = {k: v.value for k, v in record.asset_materialization.metadata.items()}
        metadata.setdefault(record.partition_key, values)
    return metadata


@pytest.mark.parametrize("table", STAGES)
def test_each_partition_has_the_rows_and_documents_of_its_own_bucket(ran, table):
    flow, instance, _ = ran
    shown = _latest(instance, table)
    assert tuple(sorted(shown)) == BUCKETS
    rows = Counter(flow.lake.read(table, columns=["bucket"])["bucket"].to_pylist())
    listed = Counter(flow.lake.read("documents", columns=["bucket"])["bucket"].to_pylist())
    for bucket, metadata in shown.items():
        assert metadata["dagster/partition_row_count"] == rows[bucket]
        assert metadata["dagster/row_count"] == rows.total()
        assert metadata["documents"] == listed[bucket]
        assert metadata.keys() - SOME >= shown["00"].keys() - SOME
    assert len({metadata["dagster/partition_row_count"] for metadata in shown.values()}) > 1


def test_the_figures_of_a_run_are_no_figures_of_a_partition(ran):
    _, instance, outcome = ran
    for table in STAGES:
        for metadata in _latest(instance, table).values():
            run = metadata["run"]
            assert run["rows_written"] == metadata["dagster/row_count"]
            assert not {"seconds", "rows_written", "documents_done"} & metadata.keys()
        assert (
            outcome.metadata[table]["rows_written"] == outcome.metadata[table]["dagster/row_count"]
        )
    assert [row["path"] for row in outcome.failures] == ["broken.pdf"]


def test_a_failure_is_told_at_the_partition_of_its_document_alone(ran):
    flow, instance, _ = ran
    bucket_of = {row["path"]: row["bucket"] for row in ledger.read(flow.lake, Scope("notes"))}
    shown = _latest(instance, "elements")
    assert [b for b, metadata in shown.items() if "failures" in metadata] == [
        bucket_of["broken.pdf"]
    ]
    failed = {bucket: metadata.get("documents_failed", 0) for bucket, metadata in shown.items()}
    assert failed == {bucket: int(bucket == bucket_of["broken.pdf"]) for bucket in BUCKETS}
    spent = sum(metadata.get("extraction_seconds", 0) for metadata in shown.values())
    assert spent == pytest.approx(
        sum(row["seconds"] for row in ledger.read(flow.lake, Scope("notes"))), abs=0.01
    )


def test_chunk_lengths_are_those_of_the_bucket(ran):
    flow, instance, _ = ran
    chunks = flow.lake.read("chunks", columns=["bucket", "tokens"]).to_pylist()
    for bucket, metadata in _latest(instance, "chunks").items():
        lengths = [row["tokens"] for row in chunks if row["bucket"] == bucket]
        assert metadata.get("tokens", 0) == sum(lengths)
        assert metadata.get("chunk_tokens_longest", 0) == max(lengths, default=0)
        assert ("chunk_length" in metadata) == bool(lengths)


def test_a_partition_names_its_documents(ran):
    flow, instance, _ = ran
    for table in STAGES:
        shown = _latest(instance, table)
        for row in ledger.read(flow.lake, Scope("notes")):
            name = row["path"].replace(".", r"\.")
            first = shown[row["bucket"]]["first_documents"]
            assert row["path"] in first or name in first


def test_files_show_when_they_were_last_listed_whoever_did_it(ran):
    flow, instance, _ = ran
    records = instance.fetch_materializations(dg.AssetKey(["notes", "files"]), limit=100).records
    listed = {
        record.partition_key: record.asset_materialization.tags[DATA_VERSION_TAG]
        for record in records
    }
    assert listed == registered_digests(flow.lake, "notes", len(BUCKETS))


def test_a_sensor_finds_nothing_new_after_a_run_and_reports_nothing(ran):
    flow, instance, _ = ran
    (source,) = sources_of(flow.project, {})
    assert observe(source, instance) == []


def test_a_run_that_may_not_delete_tells_what_it_listed(flow, instance):
    """The automation takes the run for an answer to all that was reported before it ended, so what
    changed since the run listed the source has to be reported again."""
    flow.configure(deletion={"max_share": 0.0, "min_documents": 0})
    (flow.documents / "tools.txt").unlink()
    (source,) = sources_of(flow.project, {})
    assert list(ingest(flow.project, source_jobs(flow.project, ["notes"]), instance))
    assert flow.lake.read("documents")["deleted_at"].null_count == 5
    assert observe(source, instance) == []
    flow.write("tools.txt", "The spade is back.\n")
    assert len(observe(source, instance)) == 1


def _columns(table: str) -> set[str]:
    of_no_lake = {"files": LISTING, "search_index": search_index_schema(1)}
    return set((of_no_lake.get(table) or TABLES[table].schema).names)


@pytest.mark.parametrize("table", MADE_OF)
def test_the_lineage_of_a_table_names_every_column_and_only_columns_that_are_there(table):
    lineage = MADE_OF[table]
    assert set(lineage) | NOT_MADE_OF_COLUMNS[table] == _columns(table)
    assert not set(lineage) & NOT_MADE_OF_COLUMNS[table]
    for above in lineage.values():
        for name in above:
            upstream, column = name.split(".")
            assert column in _columns(upstream), name


def test_every_table_tells_its_owner_its_place_and_its_lineage(ran):
    flow, _, _ = ran
    graph = build_definitions(flow.project).resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    for key in keys - {dg.AssetKey(["notes", "files"])}:
        node = graph.get(key)
        assert node.owners == ["team:data"], key
        if node.kinds & {"html", "markdown", "pytorch"}:  # pages and a model: no columns
            continue
        assert node.metadata["dagster/uri"].startswith(f"file://{flow.lake.url}"), key
        for deps in node.metadata["dagster/column_lineage"].deps_by_column.values():
            assert {dep.asset_key for dep in deps} <= keys
        assert all(
            column.description for column in node.metadata["dagster/column_schema"].columns
        ), key
