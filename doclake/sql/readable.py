"""Puts into an engine the rows of the lake that somebody may read, and no others.

A row of a document is readable if the registry lets the asker read the document that it came in,
and the settings of today open its source; a chunk must let him as well. Vectors and questions
belong to texts, and are readable where a chunk with that text is. What is being erased is there
for nobody. Tables about runs and people have no such list: they are for who reads every row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doclake.access import Asker
from doclake.lake import erased
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.snapshot import Snapshot
from doclake.project import Project
from doclake.search import filters
from doclake.sql.engine import Engine
from doclake.tables.messages import MESSAGES
from doclake.tables.registry import OF_DOCUMENTS, TABLES

OF_TEXTS = ("embeddings", "generated_questions")
"""Tables that hold something about texts, wherever these stand."""
WITH_LISTS = frozenset({*OF_DOCUMENTS, *OF_TEXTS}) - {MESSAGES.name}
"""Tables of whose rows is known who may read them. Messages hold what others could once read, and
the personal data that the other tables leave out."""
DOCUMENTS, TEXTS, TODAY = "readable documents", "readable texts", "readable today"
_LISTS = ("access", "denied")
_NFC = "list_transform(coalesce({}, []), lambda name: nfc_normalize(name))"
BY_LISTS = (
    f"list_has_any({_NFC.format('access')}, $names) "
    f"AND NOT list_has_any({_NFC.format('denied')}, $names) AND list_contains($sources, source)"
)
"""Of a row that has both lists. Null names nobody."""
_NOT_ERASED = "NOT list_contains($erased, {})"


@dataclass(frozen=True)
class Reader:
    """Who asks; without an `asker` it is who may read every row."""

    asker: Asker | None
    values: Mapping[str, Any]
    registry: Snapshot | None = None
    """The documents as they are registered now."""

    @classmethod
    def of(cls, project: Project, principals: Iterable[str] | None) -> Reader:
        """`everyone` and the principals, by the settings of `project`; None: every row. Raises
        `SettingsError`, `GroupsUnknown`."""
        if principals is None:
            return cls(None, {})
        asker = project.asker(principals)
        sources = project.settings.sources.items()
        values = {
            "names": sorted(unicodedata.normalize("NFC", name) for name in asker.names),
            "sources": [name for name, its in sources if filters.opens(asker, its.access)],
            "erased": sorted(erased.ids(project.lake, None)),
        }
        return cls(asker, values, Snapshot.now(project.lake, ["documents"]))

    @property
    def tables(self) -> frozenset[str]:
        """Those that may be asked."""
        return frozenset(TABLES) if self.asker is None else WITH_LISTS

    def needs(self, tables: Collection[str]) -> frozenset[str]:
        """Tables that are read to tell which rows of these are readable."""
        if self.asker is None or not tables:
            return frozenset()
        return frozenset({"documents", *(["chunks"] if set(tables) & set(OF_TEXTS) else [])})


def load(
    engine: Engine,
    snapshot: Snapshot,
    reader: Reader,
    columns: Mapping[str, Sequence[str]],
    scope: Scope = EVERYTHING,
) -> None:
    """Each table of `columns` with these columns of its readable rows."""
    if reader.asker is not None and columns:
        load_documents(engine, snapshot, reader, scope)
    if reader.asker is not None and set(columns) & set(OF_TEXTS):
        _load_table(engine, snapshot, reader, "chunks", ("source", "text_hash"), scope, TEXTS)
    for name, wanted in columns.items():
        _load_table(engine, snapshot, reader, name, wanted, scope, name)
    engine.drop(DOCUMENTS, TEXTS, TODAY)


def load_documents(
    engine: Engine, snapshot: Snapshot, reader: Reader, scope: Scope = EVERYTHING
) -> None:
    """The registered documents that the reader may read, as table `DOCUMENTS`: he might then, and
    he may now. What has left the registry since is nobody's."""
    where = f"{BY_LISTS} AND {_NOT_ERASED.format('doc_id')}"
    now = reader.registry
    if now is not None and now.marks["documents"] != snapshot.marks["documents"]:
        _load_registry(engine, now, reader, scope, where, TODAY)
        where += f' AND (source, doc_id) IN (SELECT (source, doc_id) FROM "{TODAY}")'  # noqa: S608
    _load_registry(engine, snapshot, reader, scope, where, DOCUMENTS)


def _load_registry(
    engine: Engine, snapshot: Snapshot, reader: Reader, scope: Scope, where: str, to: str
) -> None:
    named = ("source", "doc_id")
    parts = snapshot.parts("documents", [*named, *_LISTS], scope)
    engine.load(to, TABLES["documents"].columns(named), parts, where, reader.values)


def _load_table(
    engine: Engine,
    snapshot: Snapshot,
    reader: Reader,
    name: str,
    wanted: Sequence[str],
    scope: Scope,
    to: str,
) -> None:
    where, needed = condition(reader, name)
    read = list(dict.fromkeys([*wanted, *needed]))
    parts = snapshot.parts(name, read, scope)
    engine.load(to, TABLES[name].columns(wanted), parts, where, reader.values)


def condition(reader: Reader, name: str) -> tuple[str, tuple[str, ...]]:
    """By which rows of a table are readable, once `DOCUMENTS` and `TEXTS` are there, and the
    columns that it reads."""
    if reader.asker is None:
        return "TRUE", ()
    if name in OF_TEXTS:
        named = "(source, text_hash)"
        return f'{named} IN (SELECT {named} FROM "{TEXTS}")', ("source", "text_hash")  # noqa: S608
    root = OF_DOCUMENTS[name]
    known = f'(source, {root}) IN (SELECT (source, doc_id) FROM "{DOCUMENTS}")'  # noqa: S608
    if name in ("chunks", "documents"):
        return f"{known} AND {BY_LISTS}", ("source", root, *_LISTS)
    return known, ("source", root)
