"""What it costs to list a source: seconds, CPU and memory, of a first listing and the next one.

    python benchmarks/source_listing.py web 100000

Its documents are served from this machine by another process, a real server of its kind where it is
installed, without a pause between requests: the figures are what Doclake itself needs. Another kind
is another function in `KINDS`.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import boto3
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.settings import Settings, SourceSettings
from doclake.sources import bucket_digests, open_source
from tests.object_store import BUCKET, object_store
from tests.sources import database_servers, local_servers, mail_servers, sftp_server
from tests.sources.rest_server import Desk
from tests.sources.service_servers import SECRET, served

LINKS = 50
"""From each page to others, as a site with a menu has."""
WORDS = "A page of text about many things, with some words that another one lacks. " * 20


@contextmanager
def web(number: int) -> Iterator[dict[str, Any]]:
    """A site of so many pages of 6 kB, each with `LINKS` links and an ETag."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs, number), daemon=True)
    server.start()
    options = {"private_addresses": True, "delay": 0, "depth": 1_000}
    options |= {"max_pages": 2 * number, "max_mb": 1 << 20}
    try:
        yield {"url": f"http://127.0.0.1:{ours.recv()}/0.html", "options": options}
    finally:
        server.terminate()
        server.join()


def _serve(port: Connection, number: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            name = self.path[1:].removesuffix(".html")
            is_there = name.isdecimal() and int(name) < number
            is_known = self.headers.get("If-None-Match") == f'"{name}"'
            body = _page(int(name), number) if is_there and not is_known else b""
            self.send_response(304 if is_known else 200 if is_there else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if is_there:
                self.send_header("ETag", f'"{name}"')
            if not is_known:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_address[1])
    server.serve_forever()


def _page(page: int, number: int) -> bytes:
    others = ((page * LINKS + each) % number for each in range(1, LINKS + 1))
    links = "".join(f'<li><a href="/{other}.html">Page number {other}</a></li>' for other in others)
    body = f"<h1>Page {page}</h1><ul>{links}</ul><p>{WORDS}</p>"
    return f"<!doctype html><html><head><title>{page}</title></head><body>{body}</body>".encode()


@contextmanager
def folder(number: int) -> Iterator[dict[str, Any]]:
    """Files, a thousand in each folder."""
    with tempfile.TemporaryDirectory() as root:
        _files(Path(root), number)
        yield {"url": root}


def _files(root: Path, number: int) -> None:
    """A thousand in each folder, for all to read."""
    for each in range(number):
        place = root / str(each // 1000)
        place.mkdir(exist_ok=True, mode=0o755)
        (place / f"{each}.txt").write_text(WORDS)


@contextmanager
def sftp(number: int) -> Iterator[dict[str, Any]]:
    """The same files over SSH."""
    with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as about:
        Path(root).chmod(0o755)
        _files(Path(root), number)
        port = local_servers.free_port()
        command = [sys.executable, sftp_server.__file__, root, about, str(port)]
        probe = partial(socket.create_connection, ("127.0.0.1", port), timeout=1)
        with local_servers.running(command, {}, probe):
            os.environ["DOCLAKE_SOURCE_SFTP_PASSWORD"] = sftp_server.PASSWORD
            options = {"user": sftp_server.USER, "known_hosts": f"{about}/known_hosts"}
            yield {"url": f"sftp://127.0.0.1:{port}/", "options": options}


@contextmanager
def s3(number: int) -> Iterator[dict[str, Any]]:
    """Objects of a bucket of moto, a thousand on a page."""
    with object_store() as environment:
        os.environ |= environment | {"AWS_DEFAULT_REGION": environment["AWS_REGION"]}
        endpoint = environment["AWS_ENDPOINT_URL"]
        client: Any = boto3.client("s3", endpoint_url=endpoint)
        for each in range(number):
            client.put_object(Bucket=BUCKET, Key=f"docs/{each // 1000}/{each}.txt", Body=b"text")
        yield {"url": f"s3://{BUCKET}/docs", "storage_options": {"endpoint_url": endpoint}}


@contextmanager
def maildir(number: int) -> Iterator[dict[str, Any]]:
    """Messages in one folder, read and flagged."""
    with tempfile.TemporaryDirectory() as root:
        for part in ("new", "cur", "tmp"):
            Path(root, part).mkdir()
        for each in range(number):
            file = Path(root, "cur", f"{each:09}.M1P1.host:2,S")
            file.write_text(f"Subject: {each}\n\n{WORDS}")
        yield {"url": f"maildir://{root}"}


@contextmanager
def imap(number: int) -> Iterator[dict[str, Any]]:
    """Messages in one mailbox of Dovecot."""
    with mail_servers.dovecot() as server:
        box = server.mailbox()
        box.fill(number)
        os.environ["DOCLAKE_SOURCE_IMAP_PASSWORD"] = mail_servers.PASSWORD
        yield {"url": box.url, "options": {"user": box.user, "unencrypted": True}}


@contextmanager
def sqlite(number: int) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as root:
        yield _rows(f"sqlite:///{root}/desk.db", number)


@contextmanager
def postgresql(number: int) -> Iterator[dict[str, Any]]:
    with database_servers.postgresql() as url:
        yield _rows(url, number)


@contextmanager
def mariadb(number: int) -> Iterator[dict[str, Any]]:
    with database_servers.mariadb() as url:
        yield _rows(url, number)


@contextmanager
def rest(number: int) -> Iterator[dict[str, Any]]:
    """Rows of a service over HTTP, a hundred on a page."""
    desk = Desk()
    for each in range(number):
        desk.put(f"{each:09}", WORDS)
    with served(desk) as service:
        options = {
            "resource": "tickets",
            "rows": "data.tickets",
            "id": ["id"],
            "text": ["fields.body"],
        }
        options |= {
            "pagination": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}
        }
        options |= {"version": "version"}
        options |= {"login": "bearer", "unencrypted": True}
        os.environ["DOCLAKE_SOURCE_REST_TOKEN"] = SECRET
        yield {"url": f"rest+{service.url}/v2", "options": options}


def _rows(url: str, number: int) -> dict[str, Any]:
    """Rows of a table, with a column that says their version."""
    made, reader = make_url(url), database_servers.READER
    options = {"query": "SELECT * FROM tickets", "id": ["id"], "text": ["body"]}
    is_served = made.drivername != "sqlite"
    if is_served:
        drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
        who = {"username": database_servers.ADMIN, "password": database_servers.PASSWORD}
        made = made.set(drivername=drivers[made.drivername], **who)
        os.environ[f"DOCLAKE_SOURCE_{url.split(':')[0].upper()}_PASSWORD"] = who["password"]
    with create_engine(made, poolclass=NullPool).begin() as owner:
        owner.execute(text("CREATE TABLE tickets (id INT PRIMARY KEY, version INT, body TEXT)"))
        if is_served:
            owner.execute(text(f"GRANT SELECT ON tickets TO {reader}"))
        rows = [{"id": each, "body": WORDS} for each in range(number)]
        owner.execute(text("INSERT INTO tickets VALUES (:id, 1, :body)"), rows)
    user = {"user": reader} if is_served else {}
    return {"url": url, "options": options | {"version": "version"} | user}


KINDS: dict[str, Callable[[int], AbstractContextManager[dict[str, Any]]]] = {
    kind.__name__: kind
    for kind in (web, folder, sftp, s3, maildir, imap, sqlite, postgresql, mariadb, rest)
}


def main(kind: str, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder, KINDS[kind](number) as given:
        lake = Lake(f"{folder}/lake")
        source = SourceSettings.model_validate(given)
        for name in ("first", "unchanged"):
            # Each in a process of its own, as the jobs that list are: so each has its own peak.
            measured = multiprocessing.get_context("spawn").Process(
                target=measure, args=(name, kind, source, lake.url, number)
            )
            measured.start()
            measured.join()


def measure(name: str, kind: str, source: SourceSettings, lake: str, number: int) -> None:
    pages = CrawledPages(Lake(lake), kind)
    begun, used = time.monotonic(), time.process_time()
    opened = open_source(kind, source, Settings(sources={kind: source}), pages)
    rows = 0

    def counted() -> Iterator[Any]:
        nonlocal rows
        for batch in opened.list():
            rows += len(batch)
            yield batch

    bucket_digests(counted(), kind, source.buckets)
    seconds, cpu = time.monotonic() - begun, time.process_time() - used
    assert rows == number, f"{rows:,} of {number:,} were listed"
    print(
        f"{kind}, {rows:,} documents, {name}: {seconds:.0f} s, {cpu:.0f} s of CPU, "
        f"{rows / seconds:,.0f} a second, {_peak_mb():,.0f} MB at its peak",
        flush=True,
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
