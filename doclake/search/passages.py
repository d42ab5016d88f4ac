"""A passage by its citation id, with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from doclake import access
from doclake.errors import PassageGone
from doclake.index.rows import IndexRows
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search import audit
from doclake.search.filters import access_filter
from doclake.search.flags import flags
from doclake.search.hits import COLUMNS, Hit, hit
from doclake.tables.audit import PASSAGE
from doclake.tables.chunks import ChunkRow

_ID = re.compile(r"[0-9a-f]{1,64}\.[0-9a-f]{1,64}")


@dataclass(frozen=True)
class Passage:
    """A passage of a document as it is now. `before` and `after` are the texts of its neighbours
    in reading order, nearest last and first; `section_texts` those of its whole section."""

    hit: Hit
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    section_texts: list[str] = field(default_factory=list)


def passage(
    project: Project,
    citation_id: str,
    *,
    principals: Iterable[str] = (),
    neighbours: int = 0,
    section: bool = False,
) -> Passage:
    """What a citation id means now, of what the principals may see.

    The id stays the same while the passage does, however often its document is ingested. Raises
    `PassageGone` if it has changed or gone, or was never there for these principals.
    """
    project = project.today()
    _, rows = project.index.require()
    doc_id, _, chunk_id = citation_id.partition(".") if _ID.fullmatch(citation_id) else ("", "", "")
    lists = {name: its.access for name, its in project.settings.sources.items()}
    own = Scope(where={"doc_id": [doc_id], "chunk_id": [chunk_id]}).sql() if doc_id else "FALSE"
    asking = access.principals(principals)
    seen = f"{access_filter(project.asker(asking), lists)} AND {own}"
    found = _read(rows, seen)
    if found is None:
        raise PassageGone(
            "No passage that you may see has this citation id.",
            mend="Its document has changed or gone, or its access list: search again.",
        )
    audit.given(project, PASSAGE, [found.source], asking, subject_id=citation_id)
    (flagged,) = flags(project, [found])
    if not neighbours and not section:
        return Passage(flagged)
    chunks = chunks_of(rows, [flagged])
    return _with_surroundings(flagged, chunks, neighbours, section)


def _read(rows: IndexRows, where: str) -> Hit | None:
    columns = [name for name in COLUMNS if name in rows.columns]
    found = rows.to_table(columns=columns, filter=where).to_pylist()
    return hit(found[0], "", 1.0, {}) if found else None


def chunks_of(
    rows: IndexRows, hits: Sequence[Hit], more: Sequence[str] = ("section", "text")
) -> list[ChunkRow]:
    """Columns of all chunks of the documents of these hits that the index holds, in reading order;
    none of an older Doclake's index."""
    if "ordinal" not in rows.columns or not hits:
        return []
    scope = Scope(where={"doc_id": sorted({hit.doc_id for hit in hits})})
    found = rows.of(scope, ["doc_id", "chunk_id", "ordinal", *more]).to_pylist()
    known = cast("list[ChunkRow]", [row for row in found if row["ordinal"] is not None])
    return sorted(known, key=lambda row: (row["doc_id"], row["ordinal"]))


def _with_surroundings(
    found: Hit, chunks: Sequence[ChunkRow], neighbours: int, section: bool
) -> Passage:
    texts = [row["text"] for row in chunks]
    place = next((i for i, row in enumerate(chunks) if row["chunk_id"] == found.chunk_id), None)
    if place is None:
        return Passage(found)
    alike = [row["text"] for row in chunks if list(row["section"] or []) == found.section]
    return Passage(
        found,
        texts[max(0, place - neighbours) : place],
        texts[place + 1 : place + 1 + neighbours],
        alike if section else [],
    )
