"""Documents that programs push into the folder of a source."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from doclake.errors import ServerBusy
from doclake.lake import audit
from doclake.serve import pushes
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.conftest import write_tokens
from tests.served import Answer, Served, serving

TOKEN, STRANGER = "scanner-token-of-many-letters", "token-of-somebody-else"


@pytest.fixture(scope="module")
def flow(_ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Flow:
    flow = Flow(copy_project(_ingested, tmp_path_factory.mktemp("pushed") / "project"))
    sources = {
        "notes": {"url": "documents", "access": ["everyone"], "buckets": 4},
        "inbox": {"url": "inbox", "access": ["everyone"], "push": ["group:scanners"]},
        "here": {"url": ".", "push": ["group:scanners"]},
        "lakes": {"url": "lake", "push": ["group:scanners"]},
        "cloud": {"url": "s3://papers/docs", "push": ["group:scanners"]},
    }
    sources["inbox"]["exclude"] = ["*.tmp"]
    flow.configure(sources=sources, serve={"token_file": "tokens.yaml", "push_mb": 1})
    (flow.folder / "inbox").mkdir()
    tokens = {TOKEN: ["group:scanners"], STRANGER: ["group:board"]}
    write_tokens(flow.folder / "tokens.yaml", tokens)
    return flow


@pytest.fixture(scope="module")
def server(flow: Flow) -> Iterator[Served]:
    with serving(flow.project) as served:
        yield served


@pytest.fixture
def inbox(flow: Flow) -> Path:
    return flow.folder / "inbox"


def push(
    server: Served,
    path: str,
    body: bytes = b"The lantern hangs in the cellar.\n",
    *,
    source: str = "inbox",
    token: str | None = TOKEN,
    more: str = "",
    **headers: str,
) -> Answer:
    url = f"/documents?source={source}&path={quote(path)}{more}"
    given = {"content-type": "application/octet-stream"} | headers
    return server.ask("POST", url, body, token=token, **given)


def test_a_pushed_document_is_ingested_and_found(server: Served, flow: Flow, inbox: Path) -> None:
    answer = push(server, "2026/등불.txt")
    assert answer.status == 200
    assert (answer.json["did"], answer.json["path"]) == ("added", "2026/등불.txt")
    assert (inbox / "2026" / "등불.txt").read_bytes() == b"The lantern hangs in the cellar.\n"
    flow.run("inbox")
    (hit, *_) = server.search("Where does the lantern hang?", k=1).json["hits"]
    assert (hit["path"], hit["doc_id"]) == ("2026/등불.txt", answer.json["doc_id"])
    rows = audit.read(flow.lake, "inbox", [pushes.ACTION]).to_pylist()
    assert [(row["subject_id"], row["done_by"]) for row in rows] == [
        (answer.json["doc_id"], "group:scanners")
    ]


@pytest.mark.parametrize("token", [STRANGER, None])
def test_whoever_is_not_named_may_not_push(server: Served, inbox: Path, token: str | None) -> None:
    refused = push(server, "stranger.txt", token=token)
    nowhere = push(server, "stranger.txt", token=TOKEN, source="elsewhere")
    closed = push(server, "stranger.txt", token=TOKEN, source="notes")
    assert (refused.status, refused.code) == (403, "forbidden")
    assert refused.json == nowhere.json == closed.json, "it tells which sources there are"
    assert not (inbox / "stranger.txt").exists()


@pytest.mark.parametrize(
    "path",
    [
        "../outside.txt",
        "/etc/cron.d/x",
        "a/../../x",
        "a//b",
        "",
        ".hidden",
        "a/.git/config",
        "plan.txt.access.yaml",
        ".access.yaml",
        "Plan.TXT.ACCESS.YML",
        "draft.tmp",
        "new\nline.txt",
        "n" * 300,
        "a/" * 600 + "deep.txt",
        f"{'n' * 200}/" * 40 + "long.txt",
        "link/x.txt",
    ],
)
def test_a_path_that_is_no_document_of_the_source_is_refused(
    server: Served, inbox: Path, flow: Flow, path: str
) -> None:
    link = inbox / "link"
    if not link.exists():
        link.symlink_to(flow.folder)
    refused = push(server, path)
    assert (refused.status, refused.code) == (400, "request_invalid")


def test_a_document_that_is_there_stays_unless_it_is_to_be_replaced(
    server: Served, inbox: Path
) -> None:
    assert push(server, "plan.txt", b"one").json["did"] == "added"
    assert push(server, "plan.txt", b"one").json["did"] == "unchanged"
    refused = push(server, "plan.txt", b"two")
    assert (refused.status, refused.code) == (409, "push_refused")
    assert (inbox / "plan.txt").read_bytes() == b"one"
    assert push(server, "plan.txt", b"two", more="&replace=true").json["did"] == "replaced"
    assert (inbox / "plan.txt").read_bytes() == b"two"


def test_a_push_repeated_with_its_key_undoes_nothing_that_came_after(
    server: Served, inbox: Path
) -> None:
    def pushed(body: bytes, key: str) -> Answer:
        return push(server, "state.txt", body, more="&replace=true", idempotency_key=key)

    assert pushed(b"first", "a").json["did"] == "added"
    assert pushed(b"second", "b").json["did"] == "replaced"
    assert pushed(b"first", "a").json["did"] == "unchanged"
    assert (inbox / "state.txt").read_bytes() == b"second"
    refused = pushed(b"third", "b")
    assert (refused.status, refused.code) == (409, "push_refused")
    assert (inbox / "state.txt").read_bytes() == b"second"


def test_a_body_that_is_too_large_leaves_nothing(server: Served, inbox: Path) -> None:
    refused = push(server, "large.bin", bytes(1_000_001))
    assert (refused.status, refused.code) == (413, "body_too_large")
    assert not (inbox / "large.bin").exists()
    assert not list(inbox.glob("._*"))


def test_a_body_that_breaks_off_leaves_nothing(server: Served, inbox: Path) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = "POST /documents?source=inbox&path=half.txt HTTP/1.1\r\nHost: localhost\r\n"
        head += f"Authorization: Bearer {TOKEN}\r\nContent-Length: 1000\r\n\r\nhalf of it"
        connection.sendall(head.encode())
    assert push(server, "whole.txt").status == 200
    assert not (inbox / "half.txt").exists()
    waited = threading.Event()
    for _ in range(100):
        if not list(inbox.glob("._*")):
            return
        waited.wait(0.1)
    raise AssertionError("an unfinished file was left")


def test_of_pushes_to_one_path_at_once_one_is_kept_and_the_others_are_told(
    server: Served, inbox: Path
) -> None:
    bodies = [f"scan {number}".encode() for number in range(8)]
    with ThreadPoolExecutor(len(bodies)) as threads:
        answers = list(threads.map(lambda body: push(server, "scan.txt", body), bodies))
    kept = [body for body, answer in zip(bodies, answers, strict=True) if answer.status == 200]
    assert kept == [(inbox / "scan.txt").read_bytes()]
    assert {answer.code for answer in answers if answer.status != 200} == {"push_refused"}


@pytest.mark.parametrize("source", ["here", "lakes"])
def test_a_folder_with_the_settings_or_the_lake_takes_nothing(
    server: Served, flow: Flow, source: str
) -> None:
    before = (flow.folder / "doclake.yaml").read_bytes()
    refused = push(server, "doclake.yaml", b"sources: {}", source=source, more="&replace=true")
    assert (refused.status, refused.code) == (409, "push_refused")
    assert (flow.folder / "doclake.yaml").read_bytes() == before


def test_a_push_that_the_server_has_no_time_for_leaves_nothing(
    server: Served, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise ServerBusy("So many others are waiting.")

    monkeypatch.setattr(pushes, "keep", busy)
    assert push(server, "late.txt").status == 503
    assert not list(inbox.glob("._*"))


def test_only_a_folder_takes_documents(server: Served) -> None:
    refused = push(server, "a.txt", source="cloud")
    assert (refused.status, refused.code) == (409, "push_refused")
