"""The key columns of a document's rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The key columns of a document's rows."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    content_hash: str
    recipe: str

    def facts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}
