"""Jira as a test makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sources.service_servers import MADE, Answer, Service


@dataclass
class Issue:
    text: str
    title: str = ""
    updated: str = MADE


class Jira(Service):
    """The calls of Jira Data Center and of Jira Cloud that a listing and a reading make."""

    def __init__(self) -> None:
        super().__init__()
        self.issues: dict[str, Issue] = {}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        last = path.rpartition("/")[2]
        if last in ("search", "jql"):
            start = int(query.get("startAt" if last == "search" else "nextPageToken", 0))
            keys = sorted(self.issues, key=int)[start : start + 50]
            found: dict[str, Any] = {"issues": [self._issue(key) for key in keys]}
            if last == "jql" and start + 50 < len(self.issues):
                found["nextPageToken"] = str(start + 50)
            return 200, found
        if last in self.issues:
            return 200, self._issue(last)
        return 404, {"errorMessages": ["no such issue"]}

    def _issue(self, key: str) -> dict[str, Any]:
        issue = self.issues[key]
        fields: dict[str, Any] = {
            "summary": issue.title or f"Issue {key}",
            "description": issue.text,
            "created": MADE,
            "updated": issue.updated,
            "issuetype": {"name": "Task"},
            "status": {"name": "Open"},
            "labels": [],
            "components": [],
            "attachment": [],
            "comment": {"comments": []},
        }
        return {"id": key, "key": f"HR-{key}", "fields": fields}
