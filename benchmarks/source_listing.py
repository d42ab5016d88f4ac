"""What it costs to list a source: seconds, CPU and memory, of a first listing and the next one.

    python benchmarks/source_listing.py web 100000

Its documents are served from this machine by another process, without a pause between requests, so
the figures are what Doclake itself needs. Another kind is another function in `KINDS`.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.settings import Settings, SourceSettings
from doclake.sources import bucket_digests, open_source

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
    text = f"<h1>Page {page}</h1><ul>{links}</ul><p>{WORDS}</p>"
    return f"<!doctype html><html><head><title>{page}</title></head><body>{text}</body>".encode()


KINDS: dict[str, Callable[[int], AbstractContextManager[dict[str, Any]]]] = {"web": web}


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
