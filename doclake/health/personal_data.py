"""Personal data that stands in the lake although its source masks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.personal.model import FORMED
from doclake.personal.policy import Policy
from doclake.personal.standing import COLUMNS, stands
from doclake.project import Project
from doclake.tables.chunks import CHUNKS
from doclake.tables.elements import ELEMENTS
from doclake.tables.metadata import METADATA

_Look = Callable[[Project, Scope, Policy], Iterator[str]]


def behind(project: Project, source: str, policy: Policy) -> int:
    """Number of documents for which another policy decided."""
    scope = Scope(source, where={"status": [ledger.OK, ledger.FAILED]})
    rows = project.lake.read("ledger", scope, [*COLUMNS, "extract_recipe"])
    old = pc.and_(pc.is_valid(rows["extract_recipe"]), pc.invert(stands(rows, policy)))
    return pc.sum(old).as_py() or 0


def unmasked(project: Project, source: str, policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """For each table that holds what the policy replaces, its name and the documents with it."""
    replacing = policy.only_replacing()
    if not replacing.actions:
        return
    looks: dict[str, _Look] = {
        "elements": _elements, "metadata": _metadata, "chunks": _chunks, "search index": _index,
    }  # fmt: skip
    for name, look in looks.items():
        doc_ids = {
            doc_id
            for _, bucket in sorted(
                project.lake.count_by("ledger", ["source", "bucket"], Scope(source))
            )
            for doc_id in look(project, Scope(source, [bucket]), replacing)
        }
        if doc_ids:
            yield name, sorted(doc_ids)


def _elements(project: Project, scope: Scope, policy: Policy) -> Iterator[str]:
    columns = ["doc_id", "ordinal", "type", "text", "html"]
    rows = project.lake.read("elements", scope, columns)
    before = {"doc_id": "", "text": ""}
    for row in ELEMENTS.rows(rows.sort_by([("doc_id", "ascending"), ("ordinal", "ascending")])):
        near = before["text"] if before["doc_id"] == row["doc_id"] else ""
        html = row["html"] or ""
        text = policy.treat(row["text"], is_table=row["type"] == "Table", before=near)
        if text.kinds or policy.treat_html(html, before=near).kinds:
            yield row["doc_id"]
        before = {"doc_id": row["doc_id"], "text": row["text"]}


def _metadata(project: Project, scope: Scope, policy: Policy) -> Iterator[str]:
    rows = METADATA.rows(project.lake.read("metadata", scope, ["doc_id", "value"]))
    yield from (row["doc_id"] for row in rows if policy.treat(row["value"] or "").kinds)


def _chunks(project: Project, scope: Scope, policy: Policy) -> Iterator[str]:
    return _certain(project.lake.read("chunks", scope, ["doc_id", "title", "text"]), policy)


def _index(project: Project, scope: Scope, policy: Policy) -> Iterator[str]:
    state = project.index.state()
    if state is not None:
        yield from _certain(project.index.rows(state, scope, ["doc_id", "title", "text"]), policy)


def _certain(rows: pa.Table, policy: Policy) -> Iterator[str]:
    """A chunk brings together what stood apart, so that a word may speak for a number by chance:
    there only what has a form of its own counts."""
    for row in CHUNKS.rows(rows):
        spans = [*policy.treat(row["text"]).spans, *policy.treat(row["title"] or "").spans]
        if any(span["confidence"] >= FORMED for span in spans):
            yield row["doc_id"]
