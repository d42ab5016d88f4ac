"""Runs are told of in events of OpenLineage, by the real job, to a file and to a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from doclake.govern import lineage_delivery
from doclake_dagster.assets.common.lineage import MADE_OF
from doclake_dagster.pipelines.definitions import build_definitions
from tests.assets.collector import Collector
from tests.conftest import LOST
from tests.copied import copy_project
from tests.flow import Flow

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
TAGS = {"dagster/asset_partition_range_start": "00", "dagster/asset_partition_range_end": "03"}
OWNER = "team:garden"
SOURCE = {"url": "documents", "access": ["everyone"], "buckets": 4, "owner": OWNER}
PHONE = "010-2345-6789"


def _run(flow: Flow, instance: dg.DagsterInstance, *tables: str) -> dg.ExecuteInProcessResult:
    """The job of the source over all of its buckets, or over the assets of some tables."""
    job = build_definitions(flow.project).resolve_job_def("ingest_notes")
    keys = [dg.AssetKey(["notes", table]) for table in tables] or None
    return job.execute_in_process(
        instance=instance, tags=TAGS, run_config=QUIET, asset_selection=keys, raise_on_error=False
    )


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.open.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _nothing_failed_before(monkeypatch):
    monkeypatch.setattr(lineage_delivery, "_quiet_until", 0.0)


@pytest.fixture(scope="module")
def told(_ingested, tmp_path_factory) -> tuple[Flow, str, list[dict[str, Any]]]:
    """A run over a changed source with a masked number and a refused chunk: its project, its id and
    what a server and a file got of it."""
    flow = Flow(copy_project(_ingested, tmp_path_factory.mktemp("told") / "project"))
    server = Collector()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    lineage = {"file": "events/lineage.jsonl", "url": server.url, "namespace": "island"}
    flow.configure(
        sources={"notes": SOURCE}, recipe={"personal_data": {"phone": "mask"}}, lineage=lineage
    )
    flow.write("kim.txt", f"The pump is mended by Kim, phone {PHONE}, on Mondays.\n")
    flow.write("lamp.txt", f"The lamp {LOST * 6} burns until dawn, says the keeper.\n")
    os.environ["DOCLAKE_LINEAGE_KEY"] = "k3y-of-the-Collector-9"
    try:
        with dg.DagsterInstance.ephemeral() as instance:
            result = _run(flow, instance)
    finally:
        del os.environ["DOCLAKE_LINEAGE_KEY"]
        server.shutdown()
        server.server_close()
    assert result.success
    events = _lines(flow.folder / "events" / "lineage.jsonl")
    assert events == server.events
    assert server.paths == {"/api/v1/lineage"}
    assert set(server.keys) == {"Bearer k3y-of-the-Collector-9"}
    return flow, result.run_id, events


def _ended(events: list[dict[str, Any]], job: str) -> dict[str, Any]:
    (event,) = [e for e in events if e["job"]["name"] == job and e["eventType"] == "COMPLETE"]
    return event


def test_each_stage_starts_and_completes_under_the_run_of_dagster(told):
    _, run_id, events = told
    stages = ["notes.documents", "notes.elements", "notes.chunks", "notes.embeddings"]
    of_stages = [e for e in events if not e["job"]["name"].endswith(".checks")]
    states = [(e["eventType"], e["job"]["name"]) for e in of_stages]
    both = ("START", "COMPLETE")
    assert states == [(s, name) for name in [*stages, "search_index"] for s in both]
    for event in events:
        parent = event["run"]["facets"]["parent"]
        assert (parent["run"]["runId"], parent["job"]["name"]) == (run_id, "ingest_notes")
        assert event["job"]["namespace"] == parent["job"]["namespace"] == "island"
        assert event["job"]["facets"]["ownership"]["owners"] == [{"name": OWNER}]
        assert event["run"]["facets"]["processing_engine"]["name"] == "Doclake"
    assert len({e["run"]["runId"] for e in of_stages}) == len(of_stages) / 2


def test_the_versions_are_those_of_delta_before_and_after(told):
    flow, _, events = told
    chunks = _ended(events, "notes.chunks")
    versions = {
        place["name"].split("/")[-2]: place["facets"]["version"]["datasetVersion"]
        for place in [*chunks["inputs"], *chunks["outputs"]]
    }
    assert versions == {
        table: str(flow.lake.version(table)) for table in ("documents", "elements", "chunks")
    }
    (written,) = chunks["outputs"]
    assert written["name"] == f"{flow.lake.table_url('chunks')}/source=notes"
    assert Path(written["name"]).is_dir()
    rows = written["outputFacets"]["outputStatistics"]["rowCount"]
    assert 0 < rows <= flow.lake.read("chunks").num_rows
    start = next(e for e in events if e["job"]["name"] == "notes.chunks")
    (before,) = start["outputs"]
    assert int(before["facets"]["version"]["datasetVersion"]) < int(versions["chunks"])
    (index,) = _ended(events, "search_index")["outputs"]
    state = flow.project.index.state()
    dataset = flow.project.index.unread(state)
    assert index["facets"]["version"]["datasetVersion"] == str(dataset.version)


def test_columns_come_from_the_columns_that_dagster_shows(told):
    events = told[2]
    for table in ("documents", "elements", "chunks", "embeddings"):
        (written,) = _ended(events, f"notes.{table}")["outputs"]
        shown = {
            column: {
                f"{above['name'].split('/')[-2]}.{above['field']}" for above in of["inputFields"]
            }
            for column, of in written["facets"]["columnLineage"]["fields"].items()
        }
        if table != "documents":  # which is made of what the source lists
            assert shown == {column: set(above) for column, above in MADE_OF[table].items()}
        names = {field["name"] for field in written["facets"]["schema"]["fields"]}
        assert shown.keys() <= names


def test_the_rules_of_the_contract_are_assertions_about_the_table(told):
    _, _, events = told
    (judged,) = _ended(events, "notes.chunks.checks")["inputs"]
    facet = judged["inputFacets"]["dataQualityAssertions"]
    found = {one["assertion"]: one for one in facet["assertions"]}
    legible = found["text_is_legible"]
    assert (legible["success"], legible["actual"], legible["severity"]) == (False, "1", "error")
    assert legible["params"]["checked"] > 1
    assert found["text_hash_is_right"]["success"]
    assert not found["chunks_meet_contract"]["success"]


def test_no_event_holds_a_text_a_name_of_a_document_or_what_is_masked(told):
    flow, _, events = told
    said = json.dumps(events, ensure_ascii=False)
    names = [path.name for path in flow.documents.iterdir()]
    for never in (PHONE, "2345", "phone]", "pump", "keeper", "Tomatoes", LOST, *names):
        assert never not in said, never


def test_every_event_is_one_of_the_specification(told):
    """Its classes take neither a key that is none nor an event without one that must be there."""
    from openlineage.client import event_v2 as ol
    from openlineage.client.serde import Serde

    for event in told[2]:
        assert event["schemaURL"].endswith("/OpenLineage.json#/$defs/RunEvent")
        assert event["producer"].startswith("urn:doclake:")
        inputs = [_dataset(ol.InputDataset, "inputFacets", one) for one in event["inputs"]]
        outputs = [_dataset(ol.OutputDataset, "outputFacets", one) for one in event["outputs"]]
        rebuilt = ol.RunEvent(
            eventType=ol.RunState(event["eventType"]),
            eventTime=event["eventTime"],
            producer=event["producer"],
            run=ol.Run(event["run"]["runId"], _facets(event["run"]["facets"])),
            job=ol.Job(
                event["job"]["namespace"], event["job"]["name"], _facets(event["job"]["facets"])
            ),
            inputs=inputs,
            outputs=outputs,
        )
        assert json.loads(Serde.to_json(rebuilt)) == event


def _dataset(kind: Any, more: str, data: dict[str, Any]) -> Any:
    special = {more: _facets(data[more])}
    return kind(data["namespace"], data["name"], facets=_facets(data["facets"]), **special)


def _facets(data: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: _facet(facet) for name, facet in data.items()}


def _facet(data: dict[str, Any]) -> Any:
    kind = data["_schemaURL"].rpartition("/")[2]
    module = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.removesuffix("Facet")).lower()
    made = getattr(import_module(f"openlineage.client.generated.{module}"), kind)
    assert made._get_schema() == data["_schemaURL"]
    values = {key: value for key, value in data.items() if key[:1] != "_"}
    return made(**values, producer=data["_producer"])


def _warnings(flow: Flow, *tables: str) -> tuple[list[str], float]:
    """What a run warns of, and the seconds that it took."""
    with dg.DagsterInstance.ephemeral() as instance:
        began = time.monotonic()
        result = _run(flow, instance, *tables)
        took = time.monotonic() - began
        assert result.success
        entries = instance.all_logs(result.run_id)
    return [e.user_message for e in entries if "OpenLineage" in e.user_message], took


def test_a_server_that_is_down_costs_one_warning(flow, collector):
    collector.shutdown()
    collector.server_close()
    flow.configure(sources={"notes": SOURCE}, lineage={"url": collector.url})
    (warned,), took = _warnings(flow, "documents", "elements")
    assert warned == f"OpenLineage was not told of documents: {collector.url} cannot be reached."
    assert took < 8


def test_a_server_that_hangs_costs_its_wait_once(flow, collector):
    collector.open.clear()
    flow.configure(sources={"notes": SOURCE}, lineage={"url": collector.url, "wait": "1s"})
    (warned,), _ = _warnings(flow, "documents", "elements", "chunks")
    assert "no answer within 1 s" in warned
    assert len(collector.keys) == 1
    assert collector.events == []


def test_a_server_that_refuses_costs_one_warning(flow, collector):
    collector.status = 401
    flow.configure(sources={"notes": SOURCE}, lineage={"url": collector.url})
    (warned,), _ = _warnings(flow, "documents", "elements")
    assert "answered 401 Unauthorized" in warned
    assert collector.keys == [None]


def test_a_file_that_cannot_be_written_costs_one_warning(flow):
    (flow.folder / "events").write_text("a file in the way")
    flow.configure(sources={"notes": SOURCE}, lineage={"file": "events/lineage.jsonl"})
    (warned,), _ = _warnings(flow, "documents", "elements")
    assert "events" in warned


@pytest.mark.parametrize(
    ("raised", "state", "kind"),
    [(OSError("/secret/place of Kim"), "FAIL", "OSError"), (KeyboardInterrupt(), "ABORT", None)],
)
def test_a_stage_that_fails_or_is_stopped_says_so_without_a_message(
    flow, instance, monkeypatch, raised, state, kind
):
    flow.configure(sources={"notes": SOURCE}, lineage={"file": "lineage.jsonl"})

    def broken(_: object) -> None:
        raise raised

    monkeypatch.setattr("doclake.stages.elements.run", broken)
    assert not _run(flow, instance, "documents", "elements").success
    events = _lines(flow.folder / "lineage.jsonl")
    assert [(e["eventType"], e["job"]["name"]) for e in events[-2:]] == [
        ("START", "notes.elements"),
        (state, "notes.elements"),
    ]
    error = events[-1]["run"]["facets"].get("errorMessage", {})
    assert error.get("message") == kind
    assert "Kim" not in json.dumps(events)


def test_while_it_is_off_nothing_of_it_is_imported(flow):
    code = (
        "import sys; from doclake.project import Project\n"
        "from doclake_dagster.pipelines.definitions import source_jobs\n"
        f"job = source_jobs(Project.open({str(flow.folder)!r}), ['notes'])['notes']\n"
        f"done = job.execute_in_process(tags={TAGS!r}, run_config={QUIET!r})\n"
        "assert done.success\n"
        "print([name for name in sys.modules if name.startswith('openlineage')])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"
