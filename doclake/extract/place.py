"""Names shared by both sides of the guard: where a document stands and what lies in its folder."""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENT = "document"  # the bytes, read only
WORK = "work"  # the only folder the child may change
RESULT, ELEMENTS, CHILDREN, LOG = "result.json", "elements.arrow", "children", "log"
OUT_OF_MEMORY = 77  # exit status of a child that could not even write its error


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
