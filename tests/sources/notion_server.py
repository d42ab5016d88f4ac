"""Notion as a test makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sources.service_servers import MADE, Answer, Service

HOST = "api.notion.com"
ROOT = "00000000-0000-4000-8000-000000000000"
_USER = {"object": "user", "id": ROOT}


@dataclass
class Page:
    text: str
    title: str = ""
    edited: str = MADE


class Notion(Service):
    """The calls of Notion's API that a listing and a reading make: one page, and pages in it."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, Page] = {ROOT: Page("the first page")}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        _, _, kind, page_id, *rest = path.split("/")
        if page_id not in self.pages:
            return 404, {"object": "error", "code": "object_not_found", "message": "not there"}
        if kind == "pages":
            return 200, self._page(page_id)
        if not rest:
            return 200, self._block(
                page_id, "child_page", {"title": self.pages[page_id].title}, True
            )
        return 200, {"results": self._children(page_id), "has_more": False, "next_cursor": None}

    def _children(self, page_id: str) -> list[dict[str, Any]]:
        text = self.pages[page_id].text
        rich = {"type": "text", "plain_text": text, "text": {"content": text, "link": None}}
        said = {
            "color": "default",
            "rich_text": [{**rich, "annotations": _PLAIN, "href": None}],
        }
        below = [each for each in self.pages if each != ROOT] if page_id == ROOT else []
        return [
            self._block(page_id, "paragraph", said, False),
            *(
                self._block(each, "child_page", {"title": self.pages[each].title}, True)
                for each in below
            ),
        ]

    def _page(self, page_id: str) -> dict[str, Any]:
        more = {"icon": None, "cover": None, "properties": {}, "public_url": None}
        return (
            self._common(page_id) | more | {"object": "page", "url": f"https://notion.so/{page_id}"}
        )

    def _block(self, block_id: str, kind: str, said: Any, has_children: bool) -> dict[str, Any]:
        more = {"object": "block", "type": kind, kind: said, "has_children": has_children}
        return self._common(block_id) | more

    def _common(self, page_id: str) -> dict[str, Any]:
        return {
            "id": page_id,
            "created_time": MADE,
            "created_by": _USER,
            "last_edited_time": self.pages[page_id].edited,
            "last_edited_by": _USER,
            "archived": False,
            "in_trash": False,
            "parent": {"type": "workspace", "workspace": True},
        }


_PLAIN = {
    **dict.fromkeys(("bold", "code", "italic", "strikethrough", "underline"), False),
    "color": "default",
}
