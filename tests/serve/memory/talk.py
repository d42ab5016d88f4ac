"""What agents say to a server over HTTP and MCP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import TypeAdapter

from doclake.serve.memory_verbs import VERBS
from tests.served import Answer, Served

TEXT = "The spare key hangs behind the counter."
ASKED = {"question": "Where is the spare key?", "k": 1}
TOKENS: dict[str, dict[str, Any]] = {
    "ada-token": {"principals": ["agent:ada"], "scopes": ["memory:forget", "memory:erase"]},
    "bob-token": {"principals": ["agent:bob"]},
    "two-token": {"principals": ["agent:ada", "agent:cy"]},
    "none-token": {"principals": ["group:board"]},
}


def say(server: Served, verb: str, token: str | None = "ada-token", **body: Any) -> Answer:
    return server.ask("POST", f"/memory/{verb}", body, token=token)


def do(server: Served, verb: str, token: str = "ada-token", **body: Any) -> Any:
    """What a verb gives, held against what OpenAPI says that it gives."""
    answer = say(server, verb, token, **body)
    assert answer.status == 200, answer.body
    gives = TypeAdapter(next(one.gives for one in VERBS if one.__name__.lower() == verb))
    given = gives.dump_python(gives.validate_python(answer.json))
    assert _names(given) == _names(answer.json)
    return answer.json


def _names(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _names(value) for name, value in given.items()}
    return [_names(one) for one in given] if isinstance(given, list | tuple) else None


def code(server: Served, verb: str, token: str | None = "ada-token", **body: Any) -> Any:
    answer = say(server, verb, token, **body)
    return answer.status, answer.code


def tool(served: Served, name: str, token: str = "ada-token", **arguments: Any) -> Any:
    """What the tool of that name answers."""
    return asyncio.run(_called(served, name, token, arguments))


async def _called(served: Served, name: str, token: str, arguments: dict[str, Any]) -> Any:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
        transport = streamable_http_client(f"{served.url}/mcp", http_client=http)
        async with Client(transport) as client:
            return await client.call_tool(name, arguments)
