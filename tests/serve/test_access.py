"""A token stands for principals; without one a request sees what everyone may see."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from doclake.errors import ServerBusy, SettingsError, TokenUnknown
from doclake.serve import run
from doclake.serve.app import create_app
from doclake.serve.tokens import Tokens
from tests.serve.conftest import TOKENS, write_tokens
from tests.served import KEY, Served

BOARD, NOBODY = TOKENS
QUESTION = "Where is the spade and the pond?"


def _sources(served: Served, token: str | None = None, **headers: str) -> set[str]:
    answer = served.ask("POST", "/search", {"question": QUESTION}, token=token, **headers)
    assert answer.status == 200, answer.body
    return {hit["source"] for hit in answer.json["hits"]}


def test_a_token_opens_what_its_principals_may_see(server):
    assert _sources(server) == {"open"}
    assert _sources(server, BOARD) == {"notes", "open"}
    assert _sources(server, NOBODY) == {"open"}


@pytest.mark.parametrize(
    "token", ["forged", f"{BOARD} ", f"{BOARD}x", "' OR 1=1 --", "é", KEY[:-1]]
)
def test_a_token_that_nobody_gave_is_refused_and_opens_not_even_what_is_everyones(server, token):
    if token.strip() == BOARD:
        assert _sources(server, token) == {"notes", "open"}  # blanks at its ends are none of it
        return
    answer = server.ask("POST", "/search", {"question": QUESTION}, token=token)
    assert (answer.status, answer.code) == (401, "token_unknown")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert token not in answer.body.decode()


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", BOARD])
def test_a_header_that_is_no_bearer_token_is_refused(server, header):
    answer = server.ask("POST", "/search", {"question": QUESTION}, Authorization=header)
    assert (answer.status, answer.code) == (401, "token_unknown")


def test_principals_come_from_the_token_and_from_nowhere_else(server):
    body = {"question": QUESTION, "principals": ["group:board"]}
    assert server.ask("POST", "/search", body).code == "request_invalid"
    named = quote(json.dumps(["group:board"]))
    for token in (None, BOARD):
        answer = server.ask(
            "POST", "/search", {"question": QUESTION}, token=token, doclake_principals=named
        )
        assert (answer.status, answer.code) == (403, "forbidden")


def test_the_command_line_names_principals_by_its_key(server):
    named = quote(json.dumps(["group:board"]))
    assert _sources(server, KEY) == {"open"}
    assert _sources(server, KEY, doclake_principals=named) == {"notes", "open"}


def test_a_token_that_is_taken_back_opens_nothing_from_the_next_request_on(server, closed):
    file = closed.folder / "tokens.yaml"
    write_tokens(file, {NOBODY: []})
    assert server.ask("POST", "/search", {"question": QUESTION}, token=BOARD).status == 401
    write_tokens(file, TOKENS)
    assert _sources(server, BOARD) == {"notes", "open"}


@pytest.mark.parametrize("content", ["- sha256: abc", "{", "- {}", "plain", None])
def test_while_the_file_of_tokens_is_wrong_no_token_opens_anything(server, closed, content):
    file = closed.folder / "tokens.yaml"
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    try:
        answer = server.ask("POST", "/search", {"question": QUESTION}, token=BOARD)
        assert (answer.status, answer.code) == (500, "settings_invalid")
        assert str(closed.folder) not in answer.body.decode()
        assert _sources(server) == {"open"}
        with pytest.raises(SettingsError, match=r"serve\.token_file"):
            create_app(closed.project)
    finally:
        write_tokens(file, TOKENS)


def test_an_access_list_that_is_narrowed_closes_the_next_request(server, closed):
    text = (closed.folder / "doclake.yaml").read_text()
    try:
        (closed.folder / "doclake.yaml").write_text(text.replace("everyone", "group:board"))
        assert _sources(server) == set()
    finally:
        (closed.folder / "doclake.yaml").write_text(text)


async def _call(served: Served, name: str, arguments: dict, token: str | None) -> Any:
    return (await _called(served, name, arguments, token)).structured_content


async def _called(served: Served, name: str, arguments: dict, token: str | None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"{served.url}/mcp", http_client=http)
        async with Client(transport) as client:
            return await client.call_tool(name, arguments)


def test_tools_see_what_the_token_of_their_client_opens(server):
    asked = {"question": QUESTION}
    for token, expected in ((None, {"open"}), (BOARD, {"notes", "open"})):
        found = asyncio.run(_call(server, "search", asked, token))
        assert {hit["source"] for hit in found["hits"]} == expected
        listed = asyncio.run(_call(server, "sources", {}, token))
        assert {row["name"] for row in listed["result"]} == expected
    answer = server.ask("POST", "/mcp", {}, token="forged")
    assert (answer.status, answer.code) == (401, "token_unknown")


def test_an_argument_that_a_tool_does_not_take_is_refused(server):
    for wrong in ({"source": ["nope"]}, {"K": 1}):
        result = asyncio.run(_called(server, "search", {"question": QUESTION, **wrong}, BOARD))
        assert result.is_error
        (told,) = [block.text for block in result.content]
        assert (
            f"request_invalid: No such argument: {next(iter(wrong))}. It takes: question, k, f"
            in told
        )
    result = asyncio.run(_called(server, "sources", {"source": "open"}, None))
    assert result.is_error and "No such argument: source. It takes: none." in str(result.content)


@pytest.mark.parametrize("path", ["/search", "/ask"])
def test_a_source_that_one_may_not_search_is_like_one_that_is_not_there(path, server):
    def told(source: str, token: str | None = None) -> tuple[int, str]:
        asked = {"question": QUESTION, "filters": {"source": [source]}}
        answer = server.ask("POST", path, asked, token=token)
        return answer.status, answer.body.decode().replace(source, "NAME")

    status, message = told("notes")
    assert status == 400 and "Sources: open." in message
    assert told("letters") == (status, message)
    assert "Sources: notes, open." in told("letters", BOARD)[1]
    assert "Sources: notes, open." in told("letters", KEY)[1]  # the operator has the settings
    assert told("notes", BOARD)[0] == 200


def test_metrics_need_a_token_where_tokens_are_known(server):
    assert server.ask("GET", "/metrics").code == "token_unknown"
    answer = server.ask("GET", "/metrics", token=NOBODY)
    assert answer.status == 200
    assert b"doclake_index_rows " in answer.body


COMMAND = """
import json, sys
known = {
    "good": ["group:board"],
    "scoped": {"principals": ["agent:ada"], "scopes": ["memory:forget"]},
    "nameless": {"scopes": ["memory:forget"]},
    "unknown": {"principals": ["agent:ada"], "scopes": ["memory:all"]},
    "misspelt": {"principals": ["agent:ada"], "scope": ["memory:forget"]},
}
token = sys.stdin.read()
if token == "slow":
    import time
    time.sleep(60)
if token == "odd":
    print("no JSON")
    sys.exit(0)
if token not in known:
    sys.exit(1)
print(json.dumps(known[token]))
"""


def test_a_program_may_say_whom_a_token_stands_for(flow):
    (flow.folder / "principals.py").write_text(COMMAND)
    program = {"principals_command": [sys.executable, "principals.py"], "principals_timeout": "3s"}
    flow.configure(serve=program)
    tokens = Tokens()
    assert tokens.identity("good", flow.settings).principals == ("group:board",)
    assert tokens.identity("good", flow.settings).scopes == frozenset()
    assert tokens.identity("scoped", flow.settings).principals == ("agent:ada",)
    assert tokens.identity("scoped", flow.settings).scopes == {"memory:forget"}
    for token in ("bad", "odd", "' OR 1=1 --", "nameless", "unknown", "misspelt"):
        with pytest.raises(TokenUnknown):
            tokens.identity(token, flow.settings)
    with pytest.raises(ServerBusy):
        tokens.identity("slow", flow.settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "search.example.org"])
def test_without_tokens_no_other_machine_is_served(flow, host):
    with pytest.raises(SettingsError, match="tokens"):
        run.require_tokens(flow.project, host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_served_without_tokens(flow, host):
    run.require_tokens(flow.project, host)


def test_a_citation_id_opens_a_passage_to_those_who_may_see_it(server):
    found = server.search(QUESTION, token=BOARD).json["hits"]
    closed = next(hit for hit in found if hit["source"] == "notes")
    path = f"/passage/{closed['citation_id']}"
    assert server.ask("GET", path, token=BOARD).json["hit"]["text"] == closed["text"]
    for token in (None, NOBODY):
        answer = server.ask("GET", path, token=token)
        assert (answer.status, answer.code) == (404, "passage_gone")
