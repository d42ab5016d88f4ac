"""A helpdesk with a REST service of its own."""

from __future__ import annotations

from typing import Any

from tests.sources.service_servers import Answer, Service

ON_A_PAGE = 100


class Desk(Service):
    """`tickets` shows `ON_A_PAGE` rows at a time, in the order of their ids; `next` is the cursor
    of the next page, or null, and `link` its address."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.on_a_page = ON_A_PAGE
        self.next_host = ""
        """Where `link` leads to; the service itself unless it is set."""

    def put(self, name: str, body: str, **more: Any) -> None:
        version = self.rows.get(name, {"version": 0})["version"] + 1
        kept = {"readers": self.rows.get(name, {}).get("readers", "everyone")}
        row = {"id": name, "version": version, "fields": {"body": body}}
        self.rows[name] = row | kept | more

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        if path.startswith("/v2/files/"):
            return 200, self.files[path.removeprefix("/v2/files/")]
        rows = sorted(self.rows.values(), key=lambda row: str(row["id"]))
        start = int(query.get("cursor", query.get("offset", 0)))
        end = start + self.on_a_page
        more = str(end) if end < len(rows) else None
        link = f"{self.next_host or self.url}/v2/tickets?cursor={end}" if more else None
        return 200, {"data": {"tickets": rows[start:end]}, "next": more, "link": link}
