"""Extraction on a Ray cluster gives the rows that extraction in this process gives."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from doclake.cluster.connection import Wanted, connected
from doclake.errors import ExecutorUnavailable
from doclake.lake import ledger
from doclake.stages import documents, elements
from doclake.stages.executors import ray as executor
from tests.flow import Flow
from tests.integration.lake_state import state_of
from tests.integration.little_source import FIRST, lay_out
from tests.stages.executors.odd_actors import DyingActor, ForgetfulActor, OlderActor

LOCAL = {"workers": 1, "batch_documents": 4}
RAY = LOCAL | {"executor": "ray"}
TABLES = ("documents", "elements", "ledger", "metadata")
AT_CLUSTER = pytest.mark.usefixtures("cluster")


@pytest.fixture(scope="module")
def cluster():
    """One cluster for all: to start it takes seconds."""
    with connected(Wanted(None, 2)):
        yield


def _extracted(flow: Flow) -> dict[str, list[str]]:
    documents.run(flow.context())
    elements.run(flow.context())
    return {table: state_of(flow.settings).rows[table] for table in TABLES}


def _flow(folder: Path, **changes: object) -> Flow:
    folder.mkdir(exist_ok=True)
    Flow.write_settings(folder, **changes)
    return Flow(folder)


@pytest.mark.slow
@AT_CLUSTER
def test_the_rows_are_those_of_local_extraction(tmp_path):
    files = FIRST() | {"long.txt": b"A line of a long text.\n" * 60_000}
    lay_out(tmp_path / "documents", files)
    wanted = _extracted(_flow(tmp_path, processing=LOCAL, lake="lake"))
    found = _extracted(_flow(tmp_path, processing=RAY, lake="other"))
    assert found == wanted
    assert len(found["ledger"]) > len(files)  # with what is inside of mails and archives


@AT_CLUSTER
@pytest.mark.slow
def test_the_driver_sends_what_no_actor_can_read(tmp_path):
    memory = fsspec.filesystem("memory")
    for name, data in FIRST().items():
        memory.pipe(f"/notes/{name}", data)
    sources = {"notes": {"url": "memory://notes", "access": ["everyone"], "buckets": 4}}
    wanted = _extracted(_flow(tmp_path, processing=LOCAL, sources=sources))
    found = _extracted(_flow(tmp_path, processing=RAY, sources=sources, lake="other"))
    memory.rm("/notes", recursive=True)
    assert found == wanted
    assert len(found["elements"]) > len(FIRST())


@AT_CLUSTER
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "lost"), [(DyingActor, {"deadly.txt"}), (ForgetfulActor, {"garden.md", "tools.txt"})]
)
def test_a_document_without_an_outcome_fails_alone(tmp_path, monkeypatch, kind, lost):
    monkeypatch.setattr(executor, "ExtractingActor", kind)
    flow = Flow.of_small_documents(tmp_path / "flow")
    flow.write("deadly.txt", "Whoever reads this dies.\n")
    flow.configure(processing=RAY)
    documents.run(flow.context())
    report = elements.run(flow.context())
    rows = ledger.read(flow.lake, flow.context().scope)
    told = {row["path"]: row["error"] for row in rows}
    assert {path for path, error in told.items() if error == "parser_crashed"} == lost
    assert (told["broken.pdf"], told["copy.md"], len(told)) == ("malformed", None, 6)
    assert all(row["retryable"] for row in rows if row["path"] in lost)
    assert {failure.path for failure in report.failures} == lost | {"broken.pdf"}


@AT_CLUSTER
@pytest.mark.slow
def test_an_actor_with_other_versions_is_refused(flow, monkeypatch):
    monkeypatch.setattr(executor, "ExtractingActor", OlderActor)
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    flow.configure(processing=RAY)
    documents.run(flow.context())
    with pytest.raises(ExecutorUnavailable, match=r"Python 3\.10 there"):
        elements.run(flow.context())


@AT_CLUSTER
@pytest.mark.slow
def test_a_run_that_no_node_has_room_for_says_so(flow):
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    flow.configure(processing=RAY | {"ray": {"resources": {"large": 1}, "wait": "1s"}})
    documents.run(flow.context())
    with pytest.raises(ExecutorUnavailable, match="No actor got"):
        elements.run(flow.context())
