"""A web site that a test makes: a real HTTP server in a thread, whose pages are in memory."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from doclake.errors import ListingIncomplete
from doclake.sources import Source
from doclake.sources.conformance.cases import listed, partial


@dataclass
class Reply:
    """What the server answers under a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    validates: bool = True


@dataclass
class Asked:
    """A request that came."""

    path: str
    status: int
    at: float
    headers: Mapping[str, str]


def page(text: str = "", *links: str, head: str = "", title: str = "") -> Reply:
    leads = "".join(f'<p><a href="{link}">to {number}</a></p>' for number, link in enumerate(links))
    body = f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
    return Reply(f"{body}<body><p>{text}</p>{leads}</body></html>".encode(), 200, HTML)


HTML = {"Content-Type": "text/html"}


def redirect(location: str, status: int = 301) -> Reply:
    return Reply(b"", status, {"Location": location})


class Site:
    """Pages by what stands after the host in their URL, percent-encoded."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.pages: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self.missing = Reply(b"not found", 404)
        self.refused_without: str | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def reply(self, path: str, headers: Any) -> Reply:
        if self.refused_without and headers.get("Authorization") != self.refused_without:
            return Reply(b"who are you?", 401, {"WWW-Authenticate": 'Basic realm="site"'})
        found = self.pages.get(path, self.missing)
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
        if found.status != 200 or not found.validates:
            return found
        if tag in headers.get("If-None-Match", ""):
            return Reply(b"", 304, {"ETag": tag})
        return Reply(found.body, 200, {"ETag": tag, **found.headers})

    def paths(self, status: int | None = None) -> list[str]:
        """Of the requests that came, without those that every listing makes once."""
        extra = ("/robots.txt", "/sitemap.xml")
        return [
            unquote(one.path)
            for one in self.asked
            if status in (None, one.status) and one.path not in extra
        ]


@contextmanager
def serving(address: str = "127.0.0.1") -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            site: Site = self.server.site  # type: ignore[attr-defined]
            reply = site.reply(self.path, self.headers)
            asked = Asked(self.path, reply.status, time.monotonic(), dict(self.headers))
            site.asked.append(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(reply.body)

        def handle(self) -> None:
            with suppress(ConnectionError):  # who has enough leaves
                super().handle()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    server.site = site = Site(server)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def escaped(name: str) -> str:
    return quote(name, safe="/")


def names(source: Source, site: Site) -> set[str]:
    """What is listed, without the host."""
    return {path.removeprefix(site.host) for path in listed(source)}


def found(source: Source, site: Site) -> tuple[set[str], ListingIncomplete]:
    """What is listed of a site that cannot be listed whole, and the error."""
    paths, error = partial(source)
    return {path.removeprefix(site.host) for path in paths}, error
