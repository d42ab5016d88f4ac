"""`doclake serve` as a process: the command line finds it while it runs, and it ends gracefully."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from doclake.errors import IndexStateError, SettingsError
from doclake.serve import client
from doclake.serve.announcement import Announcement, announced, find
from doclake.serve.run import listen
from tests.flow import Flow
from tests.served import Served

QUESTION = "Where is the spade?"


def _environment(flow: Flow, repository: Path) -> dict[str, str]:
    return os.environ | {"DOCLAKE_CONFIG": str(flow.folder), "PYTHONPATH": str(repository)}


@contextmanager
def _process(
    flow: Flow, repository: Path, *more: str
) -> Iterator[tuple[subprocess.Popen[str], Served]]:
    command = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "serve", *more, "--port", "0"]
    environment = _environment(flow, repository)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("Listening on "))
        yield process, Served(int(said.rsplit(":", 1)[1]), None)  # type: ignore[arg-type]
    finally:
        process.kill()
        process.communicate(timeout=30)


@pytest.mark.slow
def test_the_model_of_the_lake_is_served_by_a_process_of_its_own(flow, repository):
    with _process(flow, repository, "embeddings") as (process, served):
        (model,) = served.ask("GET", "/v1/models").json["data"]
        asked = {"model": model["id"], "input": "one"}
        assert len(served.ask("POST", "/v1/embeddings", asked).json["data"]) == 1
        assert find(flow.settings.lake_url) is None, "searches are not answered there"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def _ask(flow: Flow, **more: object) -> list[str] | None:
    asked = {"k": 1, "principals": [], "filters": {}} | more
    hits = client.ask(flow.settings, QUESTION, **asked)
    return None if hits is None else [hit.path for hit in hits]


def test_the_command_line_finds_the_server_and_only_while_it_runs(flow, repository):
    assert _ask(flow) is None
    with _process(flow, repository) as (process, served):
        assert (flow.folder / "lake/server.json").stat().st_mode & 0o777 == 0o600
        assert _ask(flow) == ["tools.txt"]
        assert served.ask("GET", "/readyz").status == 200
        changed = flow.settings.model_copy(
            update={"search": flow.settings.search.model_copy(update={"rerank": "none"})}
        )
        asked = {"k": 1, "principals": [], "filters": {}}
        assert client.ask(changed, QUESTION, **asked) is None, "other settings, other answers"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not (flow.folder / "lake/server.json").exists()
    assert _ask(flow) is None


@pytest.mark.slow
def test_a_server_that_was_killed_is_known_to_be_gone_at_once(flow, repository):
    with _process(flow, repository) as (process, _):
        process.kill()
        process.wait(30)
        assert (flow.folder / "lake/server.json").exists()
        assert find(flow.lake.url) is None
        assert _ask(flow) is None
    with _process(flow, repository):
        assert _ask(flow) == ["tools.txt"]


@pytest.mark.slow
def test_requests_at_work_are_answered_and_audited_before_the_server_ends(flow, repository):
    flow.configure(search={})
    with _process(flow, repository) as (process, served):
        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda: answers.append(served.search(QUESTION * 400).status))
            for _ in range(4)
        ]
        before = served.ask("GET", "/metrics").body
        for thread in threads:
            thread.start()
        while b"doclake_requests_waiting 0.0" in served.ask("GET", "/metrics").body:
            assert any(thread.is_alive() for thread in threads), before
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(60)
        assert process.wait(60) == 0
    assert answers == [200] * 4
    noted = flow.lake.read("audit").to_pylist()
    assert [row["action"] for row in noted] == ["search"] * 4
    assert all(row["row_count"] for row in noted)


def test_a_file_that_somebody_else_could_have_written_is_not_followed(tmp_path):
    lake = str(tmp_path)
    with announced(lake, Announcement("http://127.0.0.1:1", "key")) as can_be_found:
        assert can_be_found
        assert find(lake) == Announcement("http://127.0.0.1:1", "key")
        with announced(lake, Announcement("http://127.0.0.1:2", "key")) as second:
            assert not second
        assert find(lake) == Announcement("http://127.0.0.1:1", "key")
        (tmp_path / "server.json").chmod(0o644)
        assert find(lake) is None
        (tmp_path / "server.json").chmod(0o600)
        (tmp_path / "server.json").write_text("{")
        assert find(lake) is None
    assert find(lake) is None
    (tmp_path / "elsewhere.json").write_text(json.dumps({"url": "http://127.0.0.1:1"}))
    (tmp_path / "server.json").symlink_to(tmp_path / "elsewhere.json")
    assert find(lake) is None
    with announced(lake, Announcement("http://127.0.0.1:1", "key")) as through_a_link:
        assert not through_a_link


def test_a_server_without_an_answer_leaves_the_question_to_the_command_line(flow):
    with (
        listen("127.0.0.1", 0) as nobody,
        announced(
            flow.lake.url, Announcement(f"http://127.0.0.1:{nobody.getsockname()[1]}", "key")
        ),
    ):
        assert _ask(flow) is None


def test_a_port_that_is_taken_is_said(flow):
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(SettingsError, match="Nothing can listen"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_without_an_index_the_server_starts_and_is_not_ready(tmp_path, repository):
    (tmp_path / "documents").mkdir()
    Flow.write_settings(tmp_path)
    flow = Flow(tmp_path)
    with _process(flow, repository) as (_, served):
        assert served.ask("GET", "/healthz").status == 200
        assert served.ask("GET", "/readyz").status == 503
        assert served.search(QUESTION).code == IndexStateError.code
        assert _ask(flow) is None


@pytest.mark.slow
def test_tools_over_standard_input_and_output(flow, repository):
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "doclake_dagster.pipelines.cli", "mcp", "--as", "group:board"],
        env=_environment(flow, repository),
    )
    notes = {"url": "documents", "access": ["group:board"], "buckets": 4}
    flow.configure(sources={"notes": notes}, search={})
    flow.run()

    async def talk() -> None:
        async with Client(command) as session:
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert {"search", "fetch", "sources", "remember", "recall"} <= set(tools)
            assert "filters" in tools["search"].input_schema["properties"]
            found = await session.call_tool("search", {"question": QUESTION, "k": 1})
            assert found.structured_content["hits"][0]["path"] == "tools.txt"
            named = await session.call_tool("sources", {})
            assert [row["name"] for row in named.structured_content["result"]] == ["notes"]
            empty = await session.call_tool("search", {"question": " "})
            assert empty.is_error
            assert "Ask in words." in empty.content[0].text
            wrong = await session.call_tool("search", {"query": "spade"})
            assert wrong.is_error
            assert "question" in wrong.content[0].text

    asyncio.run(talk())
    (noted,) = flow.lake.read("audit").to_pylist()
    assert (noted["action"], noted["asked_as"]) == ("search", ["group:board"])


@pytest.mark.slow
def test_tools_that_are_told_to_stop_write_what_they_gave_into_the_audit(flow, repository):
    flow.configure(search={})
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "mcp"]
    environment = _environment(flow, repository)
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
    hello["clientInfo"] = {"name": "a client", "version": "1"}
    asked = {"name": "search", "arguments": {"question": QUESTION}}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        for number, (method, parameters) in enumerate(
            (("initialize", hello), ("notifications/initialized", {}), ("tools/call", asked))
        ):
            told = {"jsonrpc": "2.0", "method": method, "params": parameters}
            told |= {} if method.startswith("notifications") else {"id": number}
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            if "id" in told:
                assert json.loads(process.stdout.readline())["id"] == number
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    (noted,) = flow.lake.read("audit").to_pylist()
    assert (noted["action"], noted["asked_as"]) == ("search", [])
