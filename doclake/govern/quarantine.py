"""What people do with rows that a contract refused: look, release, drop.

A decision is about a row of one version of its document and about a rule as it reads. It is written
down with its reason, and the documents are marked: the next run of their source lets released rows
through to chunks, vectors and index, and leaves dropped ones out for good. Other bytes, or another
rule, end it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doclake import access, clock
from doclake.access import NOBODY, Readers
from doclake.contracts import is_releasable, rule_names
from doclake.errors import DecisionRefused
from doclake.errors.unknown import unknown
from doclake.lake import audit, ledger, locks, redo
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.audit import given
from doclake.search.filters import may_see
from doclake.tables.audit import REFUSED_ROW
from doclake.tables.chunks import CHUNKS
from doclake.tables.decisions import DECISIONS, DROPPED, RELEASED, Decision
from doclake.tables.elements import ELEMENTS
from doclake.tables.ledger import LedgerRow
from doclake.tables.messages import RULES
from doclake.tables.quarantine import QUARANTINE, Refusal

CHUNK_STAGE, DOCUMENT_STAGE, VECTOR_STAGE = "chunks", "documents", "embeddings"
EXTRACTED = (DOCUMENT_STAGE, "elements")
"""Stages whose rows come of the bytes, so that these are read again."""


@dataclass(frozen=True)
class Selection:
    """Rows of a source, of a rule, of a document (path or doc_id), or with one of these keys; what
    is not given narrows nothing."""

    source: str | None = None
    rule: str | None = None
    document: str | None = None
    keys: tuple[str, ...] = ()

    def takes(self, row: Refusal | Decision) -> bool:
        return (
            (self.rule is None or row["rule"] == self.rule)
            and (self.document is None or self.document in (row["path"], row["doc_id"]))
            and (not self.keys or row["key"] in self.keys)
        )


def waiting(lake: Lake, selection: Selection) -> list[Refusal]:
    """The refused rows, one for each rule that a row breaks, sorted by their place."""
    rows = QUARANTINE.rows(lake.read("quarantine", Scope(selection.source)))
    return sorted(filter(selection.takes, rows), key=_place)


def decided(lake: Lake, selection: Selection) -> list[Decision]:
    """What people have decided, sorted by place."""
    rows = DECISIONS.rows(lake.read("decisions", Scope(selection.source)))
    return sorted(filter(selection.takes, rows), key=_place)


def require_rule(lake: Lake, name: str) -> None:
    """Raises `SettingsError` for a rule that no contract has and that refused no row."""
    known = {*rule_names(), *(rule for (rule,) in lake.count_by("quarantine", ["rule"]))}
    if name not in known:
        raise unknown("rule", name, sorted(known), "--rule")


def documents(lake: Lake, refusals: Iterable[Refusal | Decision]) -> list[LedgerRow]:
    """The ledger rows of the documents that these rows are of."""
    by_source = defaultdict(set)
    for row in refusals:
        by_source[row["source"]].add(row["doc_id"])
    return [
        row
        for source, doc_ids in sorted(by_source.items())
        for row in ledger.read(lake, Scope(source, where={"doc_id": sorted(doc_ids)}))
    ]


def do_again(lake: Lake, refusals: Sequence[Refusal]) -> list[LedgerRow]:
    """Mark the documents of these rows, for the next run to do again; returns their ledger
    rows."""
    extracted = [row for row in refusals if row["stage"] in EXTRACTED]
    read_again, cut_again = documents(lake, extracted), documents(lake, refusals)
    known = {row["doc_id"] for row in read_again}
    redo.mark(lake, read_again, extract=True)
    redo.mark(lake, [row for row in cut_again if row["doc_id"] not in known])
    return cut_again


def text(project: Project, row: Refusal, principals: Iterable[str]) -> str | None:
    """The text of a refused row, for whom the access list of its document and that of its source
    let read it; else None. The lake holds no text of a refused document or element: that is "".
    Raises `SettingsError` for a principal that is no name, and `GroupsUnknown`."""
    project = project.today()
    scope = Scope(row["source"], [row["bucket"]], {"doc_id": [row["root_id"]]})
    columns = ["access", "denied", "deleted_at"]
    listed = project.lake.read("documents", scope, columns).to_pylist()
    live = [Readers.of(one["access"], one["denied"]) for one in listed if not one["deleted_at"]]
    readers = live[0] if len(live) == 1 else NOBODY
    lists = {name: its.access for name, its in project.settings.sources.items()}
    asking = access.principals(principals)
    if not may_see(project.asker(asking), row["source"], readers, lists):
        return None
    given(project, REFUSED_ROW, [row["source"]], asking, subject_id=row["doc_id"])
    return text_of(project.lake, row)


def text_of(lake: Lake, row: Refusal | Decision) -> str:
    """What the lake holds of the text of a refused row, whoever may read it."""
    if row["stage"] in EXTRACTED:
        return ""
    of_document = {"root_id": [row["root_id"]], "doc_id": [row["doc_id"]]}
    if row["stage"] == CHUNK_STAGE:
        where = of_document | {"element_id": row["element_ids"] or []}
        scope = Scope(row["source"], [row["bucket"]], where)
        elements = ELEMENTS.rows(lake.read("elements", scope, ["ordinal", "text"]))
        return "\n".join(e["text"] for e in sorted(elements, key=lambda e: e["ordinal"]))
    scope = Scope(row["source"], [row["bucket"]], of_document | {"text_hash": [row["key"]]})
    chunks = CHUNKS.rows(lake.read("chunks", scope, ["text"]))
    return chunks[0]["text"] if chunks else ""


def release(
    project: Project, selection: Selection, reason: str, by: str | None = None
) -> list[Refusal]:
    """Let the refused rows through from the next run on; returns them.

    Raises `DecisionRefused` without a reason, if nothing is chosen, and for rows that break a rule
    on which later stages rely: nothing is written then.
    """
    return _decide(project.lake, selection, RELEASED, reason, by)


def drop(
    project: Project, selection: Selection, reason: str, by: str | None = None
) -> list[Refusal]:
    """Leave the refused rows out, from the next run on without a word of it in the quarantine;
    returns them. Raises `DecisionRefused` without a reason, if nothing is chosen, and for vectors
    and documents: nothing is written then."""
    return _decide(project.lake, selection, DROPPED, reason, by)


def _decide(
    lake: Lake, selection: Selection, kind: str, reason: str, by: str | None
) -> list[Refusal]:
    by = by or audit.user()
    if not reason.strip():
        raise _refused("It needs a reason.", "--reason", reason, "why, in your words")
    chosen = waiting(lake, selection)
    if not chosen:
        raise DecisionRefused(
            "No refused row is chosen.",
            mend="`doclake quarantine list` lists those there are.",
            key="selection",
            found=str(selection),
        )
    for row in chosen:
        _require_decidable(row, kind)
    written = [
        row
        for source in sorted({row["source"] for row in chosen})
        for row in _write(lake, source, chosen, kind, reason.strip(), by)
    ]
    for (source, doc_id), rows in Counter(
        (row["source"], row["doc_id"]) for row in written
    ).items():
        audit.note(
            lake,
            action=f"quarantine_{kind}",
            source=source,
            subject_id=doc_id,
            rows=rows,
            by=by,
            reason=reason.strip(),
        )
    do_again(lake, written)
    return written


def _require_decidable(row: Refusal, kind: str) -> None:
    if row["stage"] == VECTOR_STAGE:
        expected = "no vector; one is computed again by `doclake quarantine replay`"
        raise _refused(f"{row['key']} is a vector.", "KEY", row["key"], expected)
    if row["stage"] == DOCUMENT_STAGE and kind == DROPPED:
        expected = "no document; `exclude` of its source leaves one out, `doclake erase` removes it"
        raise _refused(f"{row['path']} is a document.", "KEY", row["key"], expected)
    if row["rule"] in RULES:
        expected = (
            "no message of which there is no document; `exclude` its path, or mend its sender"
        )
        raise _refused(f"{row['path']} is such a message.", "KEY", row["key"], expected)
    if row["rule_fingerprint"] is None:
        expected = "a row that this Doclake refused: `doclake quarantine replay` first"
        raise _refused("An older Doclake refused it.", "KEY", row["key"], expected)
    if kind == RELEASED and not is_releasable(row["stage"], row["rule"]):
        expected = "a rule about the text itself; later stages rely on this one"
        message = f"Nobody can release what breaks {row['rule']}."
        raise _refused(message, "--rule", row["rule"], expected)


def _refused(message: str, key: str, found: object, expected: str) -> DecisionRefused:
    return DecisionRefused(message, mend=f"{key}: expected {expected}.", key=key, found=str(found))


def _write(
    lake: Lake,
    source: str,
    chosen: Sequence[Refusal],
    kind: str,
    reason: str,
    by: str,
) -> list[Refusal]:
    """Write down the decisions about what is still refused; returns those rows."""
    buckets = sorted({row["bucket"] for row in chosen if row["source"] == source})
    roots = sorted({row["root_id"] for row in chosen if row["source"] == source})
    stages = sorted({row["stage"] for row in chosen if row["source"] == source})
    scope = Scope(source, buckets, {"root_id": roots, "stage": stages})
    wanted = {_identity(row) for row in chosen}
    with locks.partitions(lake, source, buckets):
        standing = QUARANTINE.rows(lake.read("quarantine", scope))
        rows = [row for row in standing if _identity(row) in wanted]
        taken = {_identity(row) for row in rows}
        before = DECISIONS.rows(lake.read("decisions", scope))
        others = [row for row in before if _identity(row) not in taken]
        decisions = [_decision(row, kind, reason, by) for row in rows]
        lake.replace("decisions", scope, DECISIONS.arrow([*others, *decisions]))
    return rows


def _decision(row: Refusal, kind: str, reason: str, by: str) -> Decision:
    return {
        "source": row["source"],
        "bucket": row["bucket"],
        "root_id": row["root_id"],
        "doc_id": row["doc_id"],
        "path": row["path"] or "",
        "content_hash": row["content_hash"],
        "stage": row["stage"],
        "key": row["key"],
        "rule": row["rule"],
        "rule_fingerprint": row["rule_fingerprint"] or "",
        "element_ids": row["element_ids"],
        "decision": kind,
        "reason": reason,
        "decided_by": by,
        "decided_at": clock.now(),
    }


def _identity(row: Refusal | Decision) -> tuple[str, str, str, str]:
    return row["doc_id"], row["content_hash"], row["key"], row["rule"]


def _place(row: Refusal | Decision) -> tuple[str, str, str, str]:
    return row["source"], row["path"] or "", row["key"], row["rule"]
