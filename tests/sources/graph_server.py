"""Microsoft Graph as a test makes it: the OneDrive of one person, whose folders tell no more than
200 children at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sources.service_servers import MADE, Answer, Service

HOST = "graph.microsoft.com"
AT_ONCE = 200


@dataclass
class File:
    name: str
    data: bytes
    version: int = 1
    readers: list[dict[str, Any]] | None = None
    """Identities as Graph names them; None: it does not tell."""


class Graph(Service):
    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, File] = {}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("/drive"):
            return 200, {"id": "d1", "driveType": "business"}
        if path.endswith("/root/children"):
            return 200, self._children(path, int(query.get("$skiptoken", 0)))
        if path.endswith("/$batch"):
            return 200, {"responses": [self._permissions(each) for each in self.posted["requests"]]}
        if path.endswith("/content"):
            return 200, self.files[path.split("/")[-2]].data
        if path.rpartition("/")[2] in self.files:
            return 200, self._item(path.rpartition("/")[2])
        return 404, {"error": {"code": "itemNotFound", "message": "not there"}}

    def _children(self, path: str, start: int) -> dict[str, Any]:
        found = [self._item(each) for each in self.files]
        answer: dict[str, Any] = {"value": found[start : start + AT_ONCE]}
        if start + AT_ONCE < len(found):
            answer["@odata.nextLink"] = f"https://{HOST}{path}?$skiptoken={start + AT_ONCE}"
        return answer

    def _item(self, item_id: str) -> dict[str, Any]:
        file = self.files[item_id]
        return {
            "id": item_id,
            "name": file.name,
            "file": {"mimeType": "text/plain"},
            "size": len(file.data),
            "eTag": f'"{item_id},{file.version}"',
            "lastModifiedDateTime": MADE,
            "createdDateTime": MADE,
            "parentReference": {"driveId": "d1", "id": "root", "path": "/drive/root:"},
        }

    def _permissions(self, asked: dict[str, str]) -> dict[str, Any]:
        readers = self.files[asked["url"].split("/")[-2]].readers
        if readers is None:
            return {"id": asked["id"], "status": 403, "body": {}}
        value = [{"roles": ["read"], "grantedToV2": each} for each in readers]
        return {"id": asked["id"], "status": 200, "body": {"value": value}}
