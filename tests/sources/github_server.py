"""GitHub Enterprise as a test makes it: one repository."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

from tests.sources.service_servers import Answer, Service


class GitHub(Service):
    """The calls of GitHub's REST API that a listing and a reading make, of one repository."""

    def __init__(self) -> None:
        super().__init__()
        self.branches: dict[str, dict[str, bytes]] = {"main": {}}
        self.modes: dict[str, str] = {}
        self.truncated: set[str] = set()
        """Trees of which only the first entry is told."""

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        _, _, rest = path.partition("/repos/acme/handbook")
        if rest == "":
            return 200, {"name": "handbook", "default_branch": "main", "url": self.url + path}
        if rest.startswith("/git/trees/"):
            tree = rest.removeprefix("/git/trees/")
            return 200, self._tree(tree, "recursive" in query)
        if rest.startswith("/git/blobs/"):
            for data in self.branches["main"].values():
                if _sha(data) == rest.rpartition("/")[2]:
                    return 200, {"content": b64encode(data).decode(), "encoding": "base64"}
        if rest.startswith("/contents/"):
            return self._contents(rest.removeprefix("/contents/"), query.get("ref", "main"))
        return 404, {"message": "Not Found"}

    def _tree(self, name: str, recursive: bool) -> dict[str, Any]:
        files = self.branches[name]
        entries = [
            {
                "path": path,
                "type": "blob",
                "mode": self.modes.get(path, "100644"),
                "sha": _sha(data),
                "size": len(data),
                "url": f"{self.url}/repos/acme/handbook/git/blobs/{_sha(data)}",
            }
            for path, data in files.items()
        ]
        cut = name in self.truncated
        return {"sha": name, "tree": entries[:1] if cut else entries, "truncated": cut}

    def _contents(self, path: str, branch: str) -> Answer:
        data = self.branches.get(branch, {}).get(path)
        if data is None:
            return 404, {"message": "Not Found"}
        is_large = len(data) > 1_000_000
        return 200, {
            "type": "file",
            "path": path,
            "sha": _sha(data),
            "size": len(data),
            "encoding": "none" if is_large else "base64",
            "content": "" if is_large else b64encode(data).decode(),
            "download_url": None,
            "url": f"{self.url}/repos/acme/handbook/contents/{path}",
        }


def _sha(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
