"""Confluence Cloud as a test makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sources.service_servers import MADE, Answer, Service


@dataclass
class Page:
    text: str
    title: str = ""
    version: int = 1
    space: str = "7"
    above: tuple[str, str] | None = None
    """Kind and id of what it lies in."""
    readers: dict[str, list[str]] = field(default_factory=dict)
    """Restrictions of reading: `user` and `group`."""
    editors: dict[str, list[str]] = field(default_factory=dict)


class Confluence(Service):
    """The calls of Confluence Cloud that a listing and a reading make."""

    def __init__(self) -> None:
        super().__init__()
        self.spaces = {"7": "HR"}
        self.grants: dict[str, list[tuple[str, str, str]]] = {
            "7": [("access-class", "anonymous", "read")]
        }
        """Of each space: kind of the principal, its id, and what it may do."""
        self.pages: dict[str, Page] = {}
        self.broken_spaces: set[str] = set()
        self.folders: dict[str, Page] = {}
        self.groups: dict[str, list[str]] = {}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        *_, last = parts = path.strip("/").split("/")
        if last == "spaces":
            found = [{"id": i, "key": key, "type": "global"} for i, key in self.spaces.items()]
            return 200, _paged(path, query, found)
        if last == "pages":
            space = query["space-id"]
            if space in self.broken_spaces:
                return 500, {"message": "of no avail"}
            ids = [page for page, its in self.pages.items() if its.space == space]
            listed = [self._page(page) for page in ids]
            return 200, _paged(path, query, listed, f"space-id={space}&")
        if last == "permissions":
            return 200, _paged(path, query, [_grant(*each) for each in self.grants[parts[-2]]])
        if last == "byOperation":
            return self._restrictions(parts[-3])
        if last == "membersByGroupId":
            people = [{"accountId": each} for each in self.groups.get(parts[-2], [])]
            start, limit = int(query["start"]), int(query["limit"])
            return 200, {"results": people[start : start + limit]}
        if last in self.pages and parts[-2] == "pages":
            return 200, self._page(last)
        if last in self.folders and parts[-2] == "folders":
            return 200, _placed(last, self.folders[last])
        return 404, {"message": f"nothing at {path}"}

    def _page(self, page_id: str) -> dict[str, Any]:
        page = self.pages[page_id]
        return {
            **_placed(page_id, page),
            "title": page.title or f"Page {page_id}",
            "createdAt": MADE,
            "version": {"number": page.version, "createdAt": MADE},
            "body": {"view": {"value": f"<p>{page.text}</p>"}},
        }

    def _restrictions(self, content_id: str) -> Answer:
        found = self.pages.get(content_id) or self.folders.get(content_id)
        if found is None:
            return 404, {"message": "no such content"}
        return 200, {
            "read": {"restrictions": _restricted(found.readers)},
            "update": {"restrictions": _restricted(found.editors)},
        }


def _paged(path: str, query: dict[str, str], found: list[Any], more: str = "") -> dict[str, Any]:
    start, limit = int(query.get("cursor", 0)), int(query.get("limit", 25))
    links = {}
    if start + limit < len(found):
        links["next"] = f"{path}?{more}limit={limit}&cursor={start + limit}"
    return {"results": found[start : start + limit], "_links": links}


def _placed(content_id: str, page: Page) -> dict[str, Any]:
    kind, above = page.above or (None, None)
    return {"id": content_id, "spaceId": page.space, "parentId": above, "parentType": kind}


def _grant(kind: str, name: str, operation: str) -> dict[str, Any]:
    return {
        "principal": {"type": kind, "id": name},
        "operation": {"key": operation, "targetType": "space"},
    }


def _restricted(said: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "user": {"results": [{"accountId": name} for name in said.get("user", [])]},
        "group": {"results": [{"id": name} for name in said.get("group", [])]},
    }
