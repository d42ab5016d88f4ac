"""Python, the command line, HTTP and MCP give the same of a memory."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from doclake.memory.consolidation import consolidate
from doclake.memory.memories import Memories
from doclake.memory.recall import MemoryFilters
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.serve.memory_verbs import VERBS
from tests.serve.memory.talk import do, tool
from tests.served import Served


def test_all_doors_say_the_same(server: Served, project: Project) -> None:
    text, asked = (
        "The ladder leans on the north wall.",
        {"question": "Where is the ladder?", "k": 1},
    )
    kept = do(server, "remember", text=text, subject="tools")
    assert kept["is_new"] and kept["agent"] == "ada" and kept["access"] == ["agent:ada"]
    assert not do(server, "remember", text=text, subject="tools")["is_new"]
    (http,) = do(server, "recall", **asked)["memories"]
    told = tool(server, "recall", **asked).structured_content
    python = Memories(project, "ada").recall(**asked)[0].as_dict()
    for one in (told["memories"][0], python):
        assert {**one, "scores": 0, "score": 0} == {**http, "scores": 0, "score": 0}
        assert one["score"] == pytest.approx(http["score"], abs=1e-3)


@pytest.mark.slow
def test_the_command_line_and_a_client_of_this_machine_say_the_same(
    server: Served, project: Project, repository: Path
) -> None:
    kept = do(server, "remember", text="김 과장의 우산은 창고에 있다.", session="s1")
    folder = project.settings.config_dir
    environment = os.environ | {"DOCLAKE_CONFIG": str(folder), "PYTHONPATH": str(repository)}
    program = [sys.executable, "-m", "doclake_dagster.pipelines.cli"]
    question = "김 과장의 우산은 어디에 있나?"
    shown = subprocess.run(
        [*program, "memory", "recall", question, "-k", "1", "--agent", "ada", "--json"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    async def ask() -> Any:
        args = [*program[1:], "mcp"]
        async with Client(
            StdioServerParameters(
                command=program[0], args=args, env=environment | {"DOCLAKE_AGENT": "ada"}
            )
        ) as session:
            return await session.call_tool("recall", {"question": question, "k": 1})

    (http,) = do(server, "recall", question=question, k=1)["memories"]
    (told,) = asyncio.run(ask()).structured_content["memories"]
    for one in (json.loads(shown), told):
        assert {**one, "scores": 0, "score": 0} == {**http, "scores": 0, "score": 0}
        assert one["memory_id"] == kept["memory_id"] and {*one["scores"]} == {*http["scores"]}


def test_what_may_contradict_is_told_as_the_command_line_tells_it(
    server: Served, project: Project
) -> None:
    earlier, later = (
        do(server, "remember", text=f"The gate opens at {hour}.")["memory_id"]
        for hour in ("seven", "nine")
    )
    consolidate(project, MemoryStore(project))
    pairs = do(server, "contradictions")["pairs"]
    told = [(one["later"]["memory_id"], one["earlier"]["memory_id"]) for one in pairs]
    assert (later, earlier) in told


def test_each_verb_is_a_route_that_openapi_describes(server: Served) -> None:
    told = server.ask("GET", "/openapi.json").json
    paths = told["paths"]
    for verb in VERBS:
        route = paths[f"/memory/{verb.__name__.lower()}"]["post"]
        asked, given = (
            one["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for one in (route["requestBody"], route["responses"]["200"])
        )
        assert (asked, given) == (verb.__name__, verb.gives.__name__)
    filters = told["components"]["schemas"]["Recall"]["properties"]["filters"]
    assert set(filters["properties"]) == set(MemoryFilters.model_fields)
