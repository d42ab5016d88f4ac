"""Which documents an erasure is about: those that are named, a whole source, or all that mention a
person. The unit is the listed document: what is inside it has its bytes, and goes with it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from doclake import ids
from doclake.errors import SettingsError
from doclake.govern.subject import Subject
from doclake.health.places import no_such_document
from doclake.lake import erased
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.erased import ErasedRow
from doclake.tables.registry import OF_DOCUMENTS, TABLES
from doclake.tables.rows import strings

AT_ONCE = 10_000  # ids in a predicate
LIKELY = 20  # documents that share the words of a subject, for a person to look at
_DOC_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TEXTS = {
    "documents": ("path",),
    "ledger": ("path", "title", "message"),
    "elements": ("text", "html", "section", "links"),
    "metadata": ("value",),
    "chunks": ("text", "title", "section", "context"),
}
"""The columns that hold text or names, of tables that know the document."""

Found = dict[str, dict[str, Counter[str]]]
"""For each source and listed document how many rows of each column mention the subject."""


@dataclass(frozen=True)
class Target:
    """A listed document and all that was found inside it: `paths` and the hashes of their bytes by
    `doc_id`, its own first. `found` counts the rows of each column that mention the subject."""

    source: str
    root_id: str
    paths: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)


def of_documents(project: Project, names: Sequence[str], source: str | None) -> list[Target]:
    """The documents of these paths or `doc_id`s, in one source or in all. What is named inside
    another document stands for that one. Raises `SettingsError` for a name that is nowhere."""
    lake, wanted = project.lake, defaultdict[str, set[str]](set)
    sources = [source] if source else known_sources(project)
    for name in names:
        places = [(one, root) for one in sources for root in _roots(lake, one, name)]
        if not places:
            raise no_such_document(name, source)
        for one, root in places:
            wanted[one].add(root)
    return _targets(lake, wanted)


def _roots(lake: Lake, source: str, name: str) -> set[str]:
    """Ids of the listed documents that a path or an id stands for; also of an erased one, of which
    a back-up may have brought rows back."""
    known = {ids.doc_id(source, name.partition("!/")[0])}
    if _DOC_ID.fullmatch(name):
        inside = Scope(source, where={"doc_id": [name]})
        known |= {name} | {root for (root,) in lake.count_by("ledger", ["root_id"], inside)}
    registered = lake.count_by("documents", ["doc_id"], Scope(source, where={"doc_id": known}))
    read = lake.count_by("ledger", ["root_id"], Scope(source, where={"root_id": known}))
    return {root for (root,) in (*registered, *read)} | (erased.ids(lake, source) & known)


def of_source(project: Project, source: str) -> list[Target]:
    """Every document of a source, also of one that is no longer configured."""
    roots = _targets(project.lake, {source: None})
    if not roots and source not in known_sources(project):
        raise SettingsError(
            f"The lake holds no source {source}.",
            problems=[("--source", source, ", ".join(known_sources(project)) or "none")],
        )
    return roots


def of_subject(project: Project, subject: str, source: str | None) -> list[Target]:
    """The documents that mention a subject, as `Subject` says. Raises `SettingsError` also if its
    hash cannot be known, for want of the key."""
    wanted = Subject(project.settings, subject)
    found: Found = defaultdict(lambda: defaultdict(Counter))
    for name, columns in _TEXTS.items():
        _mentions(project.lake, name, columns, wanted, source, found)
    targets = _targets(project.lake, {one: set(roots) for one, roots in found.items()})
    return [replace(one, found=found[one.source][one.root_id]) for one in targets]


def _mentions(
    lake: Lake, name: str, columns: Sequence[str], wanted: Subject, source: str | None, found: Found
) -> None:
    """A partition at a time, so that memory does not grow with the lake."""
    root = OF_DOCUMENTS[name]
    places = "personal_data" if "personal_data" in TABLES[name].schema.names else root
    for one, bucket in sorted(lake.count_by(name, ["source", "bucket"], Scope(source))):
        rows = lake.read(name, Scope(one, [bucket]), list(dict.fromkeys([root, *columns, places])))
        for batch in rows.to_batches(max_chunksize=AT_ONCE):
            roots = strings(batch[root])
            for column in columns:
                spans = batch[places].to_pylist() if column == "text" and places != root else None
                for number, value in enumerate(batch[column].to_pylist()):
                    how = wanted.mentioned(one, value, spans[number] if spans else None)
                    if how is not None:
                        found[one][roots[number]][f"{name}.{column}{how}"] += 1


def likely(project: Project, subject: str, targets: Iterable[Target]) -> list[tuple[str, str]]:
    """(source, path) of documents that share words with the subject and do not mention it whole,
    best first: for a person to look at. None without an index of words."""
    from doclake.terms import terms

    current = project.index.current()
    words = terms(subject)
    if current is None or "terms" not in current[1].columns or not words:
        return []
    mentioned = {(one.source, one.root_id) for one in targets}
    rows = current[1].by_text(words, 5 * LIKELY, "TRUE", ["source", "root_id", "path"]).to_pylist()
    shown = {
        (row["source"], row["path"]): None
        for row in rows
        if (row["source"], row["root_id"]) not in mentioned
    }
    return list(shown)[:LIKELY]


def copies(lake: Lake, targets: Sequence[Target]) -> list[tuple[str, str]]:
    """(source, path) of other documents with the same bytes, which stay."""
    known = {(one.source, one.root_id) for one in targets}
    hashes = sorted({each for one in targets for each in one.hashes.values()})
    found: set[tuple[str, ...]] = set()
    for start in range(0, len(hashes), AT_ONCE):
        scope = Scope(where={"content_hash": hashes[start : start + AT_ONCE]})
        found |= lake.count_by("ledger", ["source", "root_id", "path"], scope).keys()
    return sorted((source, path) for source, root, path in found if (source, root) not in known)


def of_deny_list(lake: Lake, rows: Sequence[ErasedRow]) -> list[Target]:
    """What is still known of documents that stand on the deny list."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row["source"]].add(row["doc_id"])
    return _targets(lake, wanted)


def known_sources(project: Project) -> list[str]:
    """Sources that the settings or the lake know."""
    stored = {
        source
        for table in ("documents", "ledger")
        for (source,) in project.lake.count_by(table, ["source"])
    }
    return sorted({*project.settings.sources, *stored})


def _targets(lake: Lake, wanted: Mapping[str, set[str] | None]) -> list[Target]:
    """Of the listed documents of each source, or of all of them."""
    targets = []
    for source, roots in sorted(wanted.items()):
        paths: dict[str, dict[str, str]] = {root: {} for root in roots or ()}
        hashes: dict[str, dict[str, str]] = defaultdict(dict)
        for row in _rows(lake, source, roots):
            paths.setdefault(row["root_id"], {})[row["doc_id"]] = row["path"]
            if _HASH.fullmatch(row["content_hash"] or ""):  # else no byte of it was read
                hashes[row["root_id"]][row["doc_id"]] = row["content_hash"]
        targets += [Target(source, root, paths[root], hashes[root]) for root in sorted(paths)]
    return targets


def _rows(lake: Lake, source: str, roots: set[str] | None) -> Iterator[dict[str, Any]]:
    """Rows of the registry, then of the ledger, with the columns of the ledger."""
    columns = ["root_id", "doc_id", "path", "content_hash"]
    for scope in scopes(source, "doc_id", roots):
        for row in lake.read("documents", scope, ["doc_id", "path"]).to_pylist():
            yield {**row, "root_id": row["doc_id"], "content_hash": None}
    for scope in scopes(source, "root_id", roots):
        yield from lake.read("ledger", scope, columns).to_pylist()


def scopes(source: str, column: str, roots: Iterable[str] | None) -> Iterator[Scope]:
    """The rows of these documents, a part of them at a time; those of the source if it is None."""
    if roots is None:
        yield Scope(source)
        return
    every = sorted(roots)
    for start in range(0, len(every), AT_ONCE):
        yield Scope(source, where={column: every[start : start + AT_ONCE]})
