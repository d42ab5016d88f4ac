"""Traces as a collector gets them: of the command line and of a server, each a process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from doclake_dagster.assets.common.tags import RANGE_END_TAG, RANGE_START_TAG
from tests.otlp import Receiver, attributes, receiving

DOCLAKE = (sys.executable, "-m", "doclake_dagster.pipelines.cli")
QUESTION = "Where does the spade hang, if anywhere?"
CALLER = {"trace": "0af7651916cd43dd8448eb211c80319c", "span": "b7ad6b7169203331"}
STAGES = ("documents", "elements", "chunks", "signals", "embeddings", "search_index")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def environment(flow, receiver):
    home = flow.folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    own = {"DAGSTER_HOME": str(home), "DOCLAKE_CONFIG": str(flow.folder)}
    return {**os.environ, **own, **receiver.environment}


def _doclake(environment, *arguments):
    return subprocess.run(
        [*DOCLAKE, *arguments], env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.slow
def test_an_ingest_is_traced_from_its_runs_to_the_groups_of_its_stages(flow, receiver, environment):
    flow.write("more.txt", "The hoe stands beside the spade.\n")
    done = _doclake(environment, "ingest", "--json")
    assert done.returncode == 0, done.stderr
    runs = receiver.named("doclake.run")
    assert [receiver.parent(run) for run in runs] == [None] * len(runs)
    assert attributes(runs[-1])["doclake.run.id"] == json.loads(done.stdout)["run_id"]
    for stage in STAGES:
        (span,) = receiver.named(f"doclake.stage {stage}")
        assert receiver.parent(span) in runs
        told = attributes(span)
        assert told["doclake.stage"] == stage
        assert span.status.code == Status.STATUS_CODE_UNSET
    (embeddings,) = receiver.named("doclake.stage embeddings")
    assert attributes(embeddings)["doclake.source"] == "notes"
    assert attributes(embeddings)["doclake.rows"] == 1
    for stage in ("elements", "chunks", "signals", "embeddings", "search_index"):
        groups = receiver.named(f"doclake.stage.group {stage}")
        assert groups and {receiver.parent(group).name for group in groups} == {
            f"doclake.stage {stage}"
        }


@pytest.mark.slow
def test_a_stage_that_fails_has_the_code_of_its_error_and_no_message(flow, receiver, environment):
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    assert _doclake(environment, "ingest").returncode == 1
    (stage,) = receiver.named("doclake.stage documents")
    assert stage.status.code == Status.STATUS_CODE_ERROR
    assert stage.status.message == "" and not stage.events
    assert attributes(stage)["error.type"] == "lake_error"
    run = receiver.parent(stage)
    assert run.name == "doclake.run" and run.status.code == Status.STATUS_CODE_ERROR
    assert attributes(run)["error.type"] == "run_failed"


@pytest.mark.slow
def test_a_run_that_has_a_process_for_itself_is_one_trace(receiver, environment):
    """As the daemon starts it."""
    whole = {RANGE_START_TAG: "00", RANGE_END_TAG: "03"}
    module = ("-m", "doclake_dagster.pipelines.definitions")
    job = ("-j", "ingest_notes", "--tags", json.dumps(whole))
    command = [sys.executable, "-m", "dagster", "job", "execute", *module, *job]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (run,) = receiver.named("doclake.run")
    for stage in STAGES:
        (span,) = receiver.named(f"doclake.stage {stage}")
        assert receiver.parent(span) == run
    assert len({span.trace_id for span in receiver.spans}) == 1
    assert attributes(run)["doclake.run.id"] == attributes(span)["doclake.run.id"]


def test_a_search_is_traced_without_its_question_and_what_it_found(flow, receiver, environment):
    found = _doclake(environment, "search", QUESTION, "--json")
    assert found.returncode == 0 and "spade hangs" in found.stdout
    (search,) = receiver.named("doclake.search")
    parts = [span for span in receiver.spans if span.parent_span_id == search.span_id]
    assert [span.name.rpartition(".")[2] for span in parts] == ["embed", "retrieve", "rerank"]
    assert attributes(search)["doclake.search.hits"] == 5
    sent = b"".join(receiver.bodies)
    assert not any(text in sent for text in (b"spade", b"hangs", b"tools.txt", b"Where"))


@contextmanager
def _served(environment) -> Iterator[int]:
    command = [*DOCLAKE, "serve", "--port", "0"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        said = next(line for line in server.stderr if line.startswith("Listening on "))
        yield int(said.rpartition(":")[2])
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=60)
    assert server.returncode == 0, errors


def _post(port, path, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), sent)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, answer


def _of_caller(receiver, name) -> Span:
    """The span of that name, which must stand in that of the caller."""
    (span,) = [one for one in receiver.named(name) if one.trace_id.hex() == CALLER["trace"]]
    assert span.parent_span_id.hex() == CALLER["span"]
    return span


@pytest.mark.slow
def test_a_request_stands_in_the_trace_of_its_caller_at_each_door(flow, receiver, environment):
    caller = {"traceparent": f"00-{CALLER['trace']}-{CALLER['span']}-01"}
    tool = {"name": "search", "arguments": {"question": QUESTION}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
    accepted = "application/json, text/event-stream"
    with _served(environment) as port:
        assert _post(port, "/search", {"question": QUESTION}, **caller)[0] == 200
        assert _post(port, "/search?question=spade", {"nonsense": 1}, **caller)[0] == 400
        assert _post(port, "/mcp", call, Accept=accepted, **caller)[0] == 200
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        asked = _doclake(environment, "search", QUESTION, "--json")
        assert asked.returncode == 0
    spans = [one for one in receiver.named("POST /search") if one.kind == Span.SPAN_KIND_SERVER]
    good, refused, of_command = spans
    assert good.trace_id.hex() == refused.trace_id.hex() == CALLER["trace"]
    assert good.parent_span_id.hex() == CALLER["span"]
    told = attributes(good)
    assert (told["http.route"], told["http.response.status_code"]) == ("/search", 200)
    assert attributes(refused)["http.response.status_code"] == 400
    assert refused.status.code == Status.STATUS_CODE_UNSET
    searches = receiver.named("doclake.search")
    mcp = _of_caller(receiver, "POST /mcp")
    assert {good.span_id, mcp.span_id} <= {one.parent_span_id for one in searches}
    client = receiver.parent(of_command)
    assert client.kind == Span.SPAN_KIND_CLIENT and client.span_id != of_command.span_id
    assert not any("healthz" in span.name for span in receiver.spans)
    assert b"spade" not in b"".join(receiver.bodies)


def test_nothing_is_imported_and_nothing_is_sent_while_traces_are_off(flow):
    code = (
        "import sys; from doclake import Project;"
        "from doclake_dagster.pipelines import definitions;"
        f"assert Project.open({str(flow.folder)!r}).search('spade');"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    own = {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DOCLAKE_CONFIG": str(flow.folder), **own},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_an_exporter_that_is_not_there_is_one_warning(flow, environment):
    done = _doclake({**environment, "OTEL_TRACES_EXPORTER": "zipkin"}, "search", "spade", "--json")
    assert done.returncode == 0 and "spade hangs" in done.stdout
    assert done.stderr.count("Traces are off") == 1
